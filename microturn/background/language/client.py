"""The small language model as a background uses it: `complete` and `choose`, in a process that starts at the first use.

A cancelled call stops the computation before the next token and leaves the process as it is. A process that dies is an error
of the calls that waited for it, and is started anew at the next one.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from microturn.background.language.store import packaged
from microturn.background.memory.kept import home

Replies = tuple[asyncio.AbstractEventLoop, "asyncio.Queue[dict[str, Any]]"]
STOPPED = "the language model has stopped; it starts again at the next question"
LONGEST = 8000  # characters of a prompt


class LanguageError(Exception):
    """The language model was of no use; the message is a sentence."""


class LanguageModel:
    """`gguf`: another file than the one in the wheel; `folder`: where its conversion is kept."""

    def __init__(self, gguf: Path | None = None, folder: Path | None = None) -> None:
        self.gguf, self.folder = gguf, folder
        self.process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, Replies] = {}
        self._given = 0
        self._failed = ""

    @staticmethod
    def installed() -> bool:
        """Whether there is a model to be started."""
        try:
            import gguf  # noqa: F401  # pyright: ignore[reportUnusedImport]

            return bool(packaged())
        except (ImportError, FileNotFoundError):
            return False

    def start(self) -> None:
        """Start the process, if it does not run, and do not wait for it. `LanguageError` when nothing is installed."""
        if self.process is not None and self.process.poll() is None:
            return
        try:
            gguf = self.gguf or packaged()
        except FileNotFoundError as error:
            raise LanguageError(str(error)) from None
        folder = self.folder or home() / "language"
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self._failed = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "microturn.background.language.process", str(gguf), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def complete(self, prompt: str, *, most: int = 64, stop: Sequence[str] = ()) -> AsyncGenerator[str, None]:
        """Pieces of the most likely continuation, at most `most` tokens, up to one of `stop`. `LanguageError`."""
        replies = self._ask({"do": "complete", "prompt": _short(prompt), "most": most, "stop": list(stop)})
        async with aclosing(replies):
            async for reply in replies:
                yield reply["text"]

    async def choose(self, prompt: str, options: Sequence[str]) -> list[float]:
        """How likely each option is after the prompt: the logarithm of its probability. `LanguageError`."""
        if not options:
            raise ValueError("there is nothing to choose from: give one option or more")
        replies = self._ask({"do": "choose", "prompt": _short(prompt), "options": list(options)})
        async with aclosing(replies):
            async for reply in replies:
                return reply["scores"]
        raise LanguageError(STOPPED)

    async def _ask(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        self.start()
        self._given += 1
        id = self._given
        replies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._waiting[id] = (asyncio.get_running_loop(), replies)
        over = False
        try:
            self._send({**request, "id": id})
            while True:
                reply = await replies.get()
                over = "text" not in reply
                if "error" in reply:
                    raise LanguageError(reply["error"])
                if reply.get("end"):
                    return
                yield reply
                if over:
                    return
        finally:
            self._waiting.pop(id, None)
            if not over:
                self._send({"cancel": id})

    def _send(self, request: dict[str, Any]) -> None:
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            if "cancel" not in request:
                raise LanguageError(self._failed or STOPPED) from error

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        """On a thread of its own: replies to those who wait, until the process ends."""
        assert process.stdout is not None
        for line in process.stdout:
            reply = json.loads(line)
            if "failed" in reply:
                self._failed = reply["failed"]
            elif "id" in reply:
                self._tell(reply["id"], reply)
        process.wait()  # else the next question could still take it for alive
        for id in list(self._waiting):
            self._tell(id, {"error": self._failed or STOPPED})

    def _tell(self, id: int, reply: dict[str, Any]) -> None:
        if waiting := self._waiting.get(id):
            loop, replies = waiting
            if not loop.is_closed():
                loop.call_soon_threadsafe(replies.put_nowait, reply)


def _short(prompt: str) -> str:
    if len(prompt) > LONGEST:
        raise LanguageError(f"a prompt has up to {LONGEST} characters, got {len(prompt)}: give less of it")
    return prompt
