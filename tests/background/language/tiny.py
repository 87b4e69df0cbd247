"""A GGUF file of a tiny Llama with random weights, written as the real one is."""

from pathlib import Path

import numpy as np

SIZES = {"vocabulary": 300, "layers": 2, "width": 64, "hidden": 96, "heads": 4, "kv_heads": 2}


def letters() -> list[str]:
    """The 256 letters of byte-level BPE."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) for byte in kept] + [chr(256 + index) for index in range(len(others))]


def write(path: Path, seed: int = 3) -> Path:
    from gguf import GGUFWriter

    draw = np.random.default_rng(seed)
    writer = GGUFWriter(path, "llama")
    writer.add_vocab_size(SIZES["vocabulary"])
    writer.add_block_count(SIZES["layers"])
    writer.add_embedding_length(SIZES["width"])
    writer.add_feed_forward_length(SIZES["hidden"])
    writer.add_head_count(SIZES["heads"])
    writer.add_head_count_kv(SIZES["kv_heads"])
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *letters(), "ab", "Ġa"]
    tokens += [f"<{index}>" for index in range(SIZES["vocabulary"] - len(tokens))]
    writer.add_token_list(tokens)
    writer.add_token_merges(["a b", "Ġ a"])
    writer.add_token_types([3, 3, 3, *([1] * (len(tokens) - 3))])

    def add(name: str, *shape: int) -> None:
        values = draw.normal(size=shape) / shape[-1] ** 0.5 if len(shape) > 1 else 1 + draw.normal(size=shape) / 10
        writer.add_tensor(f"{name}.weight", values.astype(np.float32))

    width, hidden, small = SIZES["width"], SIZES["hidden"], SIZES["width"] // SIZES["heads"] * SIZES["kv_heads"]
    add("token_embd", SIZES["vocabulary"], width)
    add("output_norm", width)
    for layer in range(SIZES["layers"]):
        block = f"blk.{layer}."
        for name, *shape in (
            ("attn_norm", width),
            ("attn_q", width, width),
            ("attn_k", small, width),
            ("attn_v", small, width),
            ("attn_output", width, width),
            ("ffn_norm", width),
            ("ffn_gate", hidden, width),
            ("ffn_up", hidden, width),
            ("ffn_down", width, hidden),
        ):
            add(block + str(name), *map(int, shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
