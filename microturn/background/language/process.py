"""The process of the language model: requests as JSON lines on stdin, replies on stdout, one at a time, oldest first.

`{"id", "do": "complete", "prompt", "most", "stop"}` is answered by `{"id", "text"}` for each piece and `{"id", "end": true}`;
`{"id", "do": "choose", "prompt", "options"}` by `{"id", "scores"}`: how likely each option is after the prompt (the sum of its
tokens' log-probabilities). `{"cancel": id}` stops a request before its next token. When stdin closes the process ends.
The keys and values of the latest prompts are kept, so that a prompt that begins as an earlier one is read from where it differs.

Shapes: B rows, L positions, V vocabulary.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from microturn.background.language.llama import Kept, Llama
from microturn.background.language.store import opened

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHUNK = 96  # tokens that are read between two looks at whether the request still stands: 70 ms on a core of 2023
PROMPTS_KEPT = 24
NICE = 10  # lower priority than the interaction model's tick


class Cancelled(Exception):
    """The request was called off."""


class Reader:
    """Reads prompts and writes on, with what it has read before."""

    def __init__(self, llama: Llama, tokenizer: "Tokenizer", cancelled: set[int]) -> None:
        self.llama, self.tokenizer, self.cancelled = llama, tokenizer, cancelled
        self.id = 0  # of the request at work
        self._read: list[tuple[list[int], Kept]] = []  # the latest last
        self._ends = {tokenizer.token_to_id(t) for t in ("<|im_end|>", "<|endoftext|>")}

    def complete(self, prompt: str, most: int, stop: Sequence[str]) -> Iterator[str]:
        """Pieces of the most likely continuation, up to a `stop`, which is left out."""
        logits_V, kept = self._prompt(self._tokens(prompt))
        tokens: list[int] = []
        told = ""
        while len(tokens) < most:
            token = int(logits_V.argmax())
            if token in self._ends:
                break
            tokens.append(token)
            text = self.tokenizer.decode(tokens)
            if any(end in text for end in stop):
                text = min((text.split(end, 1)[0] for end in stop), key=len)
                yield text[len(told) :]
                return
            if not text.endswith("\ufffd"):  # half a character
                yield text[len(told) :]
                told = text
            self._check()
            logits_BLV, kept = self.llama.step(torch.tensor([[token]]), kept)
            logits_V = logits_BLV[0, -1]

    def choose(self, prompt: str, options: Sequence[str]) -> list[float]:
        """The log-likelihood of each option."""
        logits_V, kept = self._prompt(self._tokens(prompt))
        rows = [self._tokens(option) for option in options]
        longest = max(map(len, rows))
        tokens_BL = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        self._check()
        logits_BLV, _ = self.llama.step(tokens_BL, kept.rows(len(rows), kept.length), last=longest)
        first_B1V = logits_V.expand(len(rows), 1, -1)
        logs_BLV = torch.cat((first_B1V, logits_BLV[:, :-1]), 1).float().log_softmax(-1)
        logs_BL = logs_BLV.gather(2, tokens_BL[..., None])[..., 0]
        return [float(logs_BL[index, : len(row)].sum()) for index, row in enumerate(rows)]

    def _tokens(self, text: str) -> list[int]:
        tokens = self.tokenizer.encode(text, add_special_tokens=False).ids
        if not tokens:
            raise ValueError("a prompt and an option need some text")
        return tokens

    def _prompt(self, tokens: list[int]) -> tuple[torch.Tensor, Kept]:
        """Logits (V) after a prompt, and what is kept of it."""
        known, kept = max(
            ((min(_common(tokens, before), len(tokens) - 1), kept) for before, kept in self._read),
            key=lambda pair: pair[0],
            default=(0, None),
        )
        kept = kept.rows(1, known) if kept is not None and known else None
        logits_BLV = torch.empty(0)
        for start in range(known, len(tokens), CHUNK):
            self._check()
            logits_BLV, kept = self.llama.step(torch.tensor([tokens[start : start + CHUNK]]), kept)
        assert kept is not None
        self._read = [(t, k) for t, k in self._read if t != tokens][-PROMPTS_KEPT + 1 :] + [(tokens, kept)]
        return logits_BLV[0, -1], kept

    def _check(self) -> None:
        if self.id in self.cancelled:
            raise Cancelled


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def answer(reader: Reader, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The replies to a request; a failure is one, too."""
    id = reader.id = int(request["id"])
    try:
        if request["do"] == "choose":
            yield {"id": id, "scores": reader.choose(request["prompt"], request["options"])}
            return
        for text in reader.complete(request["prompt"], request["most"], request["stop"]):
            yield {"id": id, "text": text}
        yield {"id": id, "end": True}
    except Cancelled:
        yield {"id": id, "end": True}
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
        yield {"id": id, "error": f"{error}"[:300] or type(error).__name__}


def main(arguments: Sequence[str]) -> int:
    """Serve until stdin closes. `arguments`: the GGUF file and the folder of its conversion."""
    os.nice(NICE)
    torch.set_num_threads(1)
    replies, sys.stdout = sys.stdout, sys.stderr  # nothing but replies goes out
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    cancelled: set[int] = set()

    def listen() -> None:
        for line in sys.stdin:
            request = json.loads(line)
            if "cancel" in request:
                cancelled.add(int(request["cancel"]))
            else:
                requests.put(request)
        os._exit(0)  # whatever is being computed, nobody waits for it

    def tell(reply: dict[str, Any]) -> None:
        replies.write(json.dumps(reply) + "\n")
        replies.flush()

    threading.Thread(target=listen, daemon=True).start()
    try:
        llama, tokenizer = opened(Path(arguments[0]), Path(arguments[1]))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
        tell({"failed": f"the language model cannot be opened: {error}"[:300]})
        return 1
    reader = Reader(llama, tokenizer, cancelled)
    tell({"ready": True})
    while True:
        for reply in answer(reader, requests.get()):
            tell(reply)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
