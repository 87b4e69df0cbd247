"""How soon a result of the background is said, and a question answered meanwhile: made cases, and what came of them.

A voice of the test split asks for something; then a result comes as commentary, in silence or while the user speaks of
something else; or the user asks a question, with that request open and, as a pair, without one. Latencies are from the sound
that the user makes, or the moment the result came, to the first audible sound of the model.

Letters: S samples.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microturn.bench.audible import said, soundings
from microturn.data.voices.registry import voices
from microturn.data.voices.voice import Voice
from microturn.features.audio import resample
from microturn.protocol.events import Channel, Do, Text
from microturn.protocol.media import USER_HZ
from microturn.protocol.notes import DELEGATE, orders
from microturn.protocol.timeline import Timeline, Track

Samples = NDArray[np.float32]
LEVEL, FLOOR = 0.3, 0.01  # the loudest sample of a voice; below this share of it, it is silent
FIRST_MS, RESULT_MS, SENTENCE_MS, INTO_MS, TAIL_MS = 600.0, 4_000.0, 3_400.0, 800.0, 6_000.0
ERRANDS = (
    ("please find out how much seven times eight is", "it is fifty six"),
    ("please look up the price of a lamp at the shop", "the lamp costs twenty dollars"),
    ("can you find out how much nine plus four is", "it is thirteen"),
    ("please look up when the museum opens on monday", "the museum opens at nine on monday"),
    ("find out the weather in the village on friday", "on friday there will be rain in the village"),
    ("look up where i can buy a guitar in the town", "try the old red shop at the market"),
    ("can you look up the price of a bicycle at the market", "the bicycle costs forty dollars"),
    ("find out how much eight minus three is", "it is five"),
)
SENTENCES = (
    "on sunday we went to the beach and walked to the old tower",
    "my teacher found a ticket in the kitchen and took it to school",
    "there was a green bottle in the garden behind the old house",
    "they wanted to see the beautiful island near the big lake",
)
QUESTIONS = (
    "count from three to five",
    "repeat these two words apple window",
    "what time is it",
    "count from six to eight",
    "how many words did i say",
    "count from two to four",
    "repeat these two words river garden",
    "count from five to seven",
)
SILENT, SPEAKING, OPEN, ALONE = "result in silence", "result while you speak", "question, work open", "question alone"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the user says (16 kHz [S], the tail included) and the background writes; `due_ms` is what the latency counts from."""

    kind: str
    samples_S: Samples
    texts: tuple[Text, ...]
    due_ms: float
    from_ms: float  # the model's earlier sounds belong to something else
    result: str = ""

    @property
    def stimulus(self) -> Timeline:
        """The case for drivers of the bench."""
        track = Track(samples=self.samples_S, rate_hz=USER_HZ)
        return Timeline(duration_ms=track.duration_ms, events=self.texts, audio={Channel.USER: track})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a case: None where nothing was heard. `right` is whether most of a result's words were said."""

    kind: str
    latency_ms: float | None
    right: bool
    handed_over: bool


def cases(speakers: int) -> list[Case]:
    """Every errand in so many voices: in silence, under speech, and each voice's questions in pairs (open, alone)."""
    all_voices = voices("test")
    chosen = all_voices[:: max(1, len(all_voices) // speakers)][:speakers]
    return [case for number, voice in enumerate(chosen) for case in _cases(voice, number)]


def _cases(voice: Voice, number: int) -> Iterator[Case]:
    for index, (request, result) in enumerate(ERRANDS):
        asked_S = spoken(voice, request)
        asked_ms = FIRST_MS + _ms(asked_S)
        yield _told(SILENT, [(FIRST_MS, asked_S)], result, asked_ms + RESULT_MS, asked_ms + RESULT_MS)
        told_S = spoken(voice, SENTENCES[(index + number) % len(SENTENCES)])
        told_ms = asked_ms + SENTENCE_MS
        both = [(FIRST_MS, asked_S), (told_ms, told_S)]
        yield _told(SPEAKING, both, result, told_ms + INTO_MS, told_ms + _ms(told_S))
    for index, question in enumerate(QUESTIONS):
        asked_S, question_S = spoken(voice, ERRANDS[(index + number) % len(ERRANDS)][0]), spoken(voice, question)
        at_ms = FIRST_MS + _ms(asked_S) + RESULT_MS
        half = Text(at_ms=at_ms - 2_000.0, channel=Channel.THINKING, text="one of two done")
        for kind, parts, texts in ((OPEN, [(FIRST_MS, asked_S)], (half,)), (ALONE, [], ())):
            heard_S = placed([*parts, (at_ms, question_S)], TAIL_MS)
            yield Case(kind=kind, samples_S=heard_S, texts=texts, due_ms=at_ms + _ms(question_S), from_ms=at_ms)


def _told(kind: str, parts: Sequence[tuple[float, Samples]], result: str, at_ms: float, due_ms: float) -> Case:
    text = Text(at_ms=at_ms, channel=Channel.COMMENTARY, text=result)
    until_ms = max(start_ms + _ms(said_S) for start_ms, said_S in parts)
    samples_S = placed(parts, max(TAIL_MS, at_ms - until_ms + TAIL_MS))
    return Case(kind=kind, samples_S=samples_S, texts=(text,), due_ms=due_ms, from_ms=at_ms, result=result)


def spoken(voice: Voice, words: str) -> Samples:
    """What a voice says, 16 kHz [S], without the silence before and after it."""
    speech = voice.say(words)
    samples_S = resample(speech.samples, speech.rate_hz, USER_HZ)
    samples_S = samples_S * np.float32(LEVEL / np.abs(samples_S).max())
    loud = np.flatnonzero(np.abs(samples_S) > FLOOR * LEVEL)
    return samples_S[loud[0] : loud[-1] + 1]


def placed(parts: Sequence[tuple[float, Samples]], tail_ms: float) -> Samples:
    """Sounds at their times on one track [S], and so much silence after the last."""
    until_ms = max(at_ms + _ms(part_S) for at_ms, part_S in parts)
    track_S = np.zeros(round((until_ms + tail_ms) * USER_HZ / 1000), np.float32)
    for at_ms, part_S in parts:
        first = round(at_ms * USER_HZ / 1000)
        track_S[first : first + len(part_S)] += part_S
    return track_S


def outcome(case: Case, output: Timeline) -> Outcome:
    """What a system made of a case."""
    first = next((s.at_ms for s in soundings(output) if s.at_ms >= case.from_ms), None)
    words = {word.text for word in said(output) if word.at_ms >= case.from_ms}
    wanted = set(case.result.split())
    return Outcome(
        kind=case.kind,
        latency_ms=None if first is None else first - case.due_ms,
        right=len(wanted & words) > 0.6 * len(wanted),
        handed_over=any(order.kind == DELEGATE for e in output.events if isinstance(e, Do) for order in orders(e.text)),
    )


def _ms(samples_S: Samples) -> float:
    return len(samples_S) * 1000.0 / USER_HZ
