"""Moshi's binary WebSocket (`/api/chat`), which PersonaPlex speaks too: the first byte of a message is its kind.

0 is the server's handshake, 1 Ogg/Opus at 24 kHz either way, 2 a piece of the model's text, 5 an error
(kyutai-labs/moshi, rust/protocol.md and moshi/server.py). A Python server has one conversation at a time and keeps the
next one waiting for its handshake. The text comes as it is spoken: a word is where the sound has got to.

Letters: S samples.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.client.exchange import Message, Wire
from microturn.client.ogg import RATE_HZ, OpusReader, OpusWriter
from microturn.protocol.events import Channel, Word
from microturn.protocol.failure import Failure, SystemFailed

HANDSHAKE, AUDIO, TEXT, ERROR = 0, 1, 2, 5
LONGEST_WORD_MS = 600.0


class Moshi(Wire):
    """One conversation."""

    chunk_ms = 80  # its own frame
    takes_frames = takes_text = False

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._writer, self._reader = OpusWriter(), OpusReader()
        self._words: list[tuple[float, str]] = []  # where the sound had got to, in its own time

    def open(self) -> list[Message]:
        return []

    def audio(self, samples: NDArray[np.float32]) -> list[Message]:
        return [bytes([AUDIO]) + self._writer.write(samples)]

    def receive(self, message: Message, arrived_ms: float) -> list[Message]:
        if not isinstance(message, bytes) or not message:
            raise SystemFailed(f"it sent {message[:60]!r}, which is not Moshi's binary protocol", Failure.LOST)
        kind, payload = message[0], message[1:]
        if kind == HANDSHAKE:
            self.ready = True
        elif kind == AUDIO:
            self._sound(payload, arrived_ms)
        elif kind == TEXT:
            self._text(payload.decode("utf-8", "replace"))
        elif kind == ERROR:
            raise SystemFailed(f"it says: {payload.decode('utf-8', 'replace')}", Failure.LOST)
        return []

    def finish(self) -> None:
        ends = [*(at_ms for at_ms, _ in self._words[1:]), self.player.end_ms]
        for (at_ms, text), end_ms in zip(self._words, ends, strict=False):
            until_ms = min(end_ms, at_ms + LONGEST_WORD_MS)
            self.player.take(Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=text.strip()), 0.0)

    @property
    def meta(self) -> dict[str, Any]:
        return {"word_times": "streamed", "heard": "none"}

    def _sound(self, payload: bytes, arrived_ms: float) -> None:
        try:
            samples = self._reader.read(payload)
        except ValueError as error:
            raise SystemFailed(f"its sound is not Ogg Opus: {error}", Failure.LOST) from error
        if len(samples):
            self.player.speak(samples, RATE_HZ, arrived_ms)

    def _text(self, piece: str) -> None:
        """A piece that begins with a space begins a word."""
        if self._words and not piece.startswith(" "):
            at_ms, begun = self._words[-1]
            self._words[-1] = (at_ms, begun + piece)
        elif piece.strip():
            self._words.append((self.player.end_ms, piece))
