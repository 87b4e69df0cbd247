"""Voices that need no model, and written dialogues of any shape, for the tests of this folder."""

import json
from pathlib import Path

import numpy as np

from microturn.data.scene import Cast
from microturn.data.voices.voice import Sound, Speech


class Beeper:
    """A voice that beeps 200 ms a word, 80 ms apart. It cannot say "xyzzy"."""

    name = "beeper"

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        if "xyzzy" in text:
            raise ValueError("nobody can say xyzzy")
        words = tuple(Sound(word, 280.0 * i, 280.0 * i + 200) for i, word in enumerate(text.split()))
        tone = np.sin(np.arange(3200) * 0.3).astype(np.float32)
        return Speech(np.tile(np.append(tone, np.zeros(1280, np.float32)), len(words)), 16_000, words, words)


class OwnBeep:
    """What the model says: one word takes two ticks."""

    def __init__(self, text: str) -> None:
        self.words = tuple((word, 2 * i, 2) for i, word in enumerate(text.split()))
        self.samples = np.full(9600 * len(self.words), 0.1, np.float32)


CAST = Cast(users=(Beeper(),), own=OwnBeep)


def write_texts(path: Path, count: int = 60, turns: int = 14) -> str:
    """`count` dialogues of turns of one to three sentences of 1 to 12 words, as JSON lines. Returns the path."""
    rng = np.random.default_rng(5)
    lines: list[str] = []
    for number in range(count):
        dialogue = [
            {"speaker": ("user", "model")[turn % 2], "text": " ".join(sentence(rng) for _ in range(rng.integers(1, 4)))}
            for turn in range(turns)
        ]
        lines.append(json.dumps({"id": f"d{number}", "turns": dialogue, "source": "made up", "licence": "CC0-1.0"}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def sentence(rng: np.random.Generator) -> str:
    words = [("apple", "river", "seven", "walk", "yes")[int(i)] for i in rng.integers(5, size=rng.integers(1, 13))]
    if len(words) > 6:
        words[3] += ","
    return " ".join(words).capitalize() + "."
