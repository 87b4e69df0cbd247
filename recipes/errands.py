"""A spoken session with work in it: `python -m recipes.errands http://localhost:8080 --out work/errands`.

A user made of a voice of the test split asks for a sum, a conversion, a look-up and a chart, changes their mind once and
interrupts once; they listen, wait for the answer before they go on, and go on without one when it does not come. Nothing on
the other side is scripted: it is whatever serves there. Out come the Timeline's folder with the delegations, cards and
results, its picture, both voices in stereo, and on the terminal what was handed over rightly. `--page` lets Chromium hear
the same user through a fake microphone. `runs/background.sh` is the whole run.

Letters: S samples.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microturn.bench.meanwhile import spoken
from microturn.bench.picture import draw
from microturn.client.exchange import meet
from microturn.client.live import Live
from microturn.data.voices.registry import voices
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Cancel, Card, Channel, Delegation, Do, Result, Span
from microturn.protocol.media import MODEL_HZ, USER_HZ, write_wav
from microturn.protocol.notes import CANCEL, DELEGATE, orders
from microturn.protocol.timeline import Timeline

Samples = NDArray[np.float32]
TICK = USER_HZ * TICK_MS // 1000
AUDIBLE, QUIET_MS = 0.006, 1_400.0  # rms of a voice; silence of the model after which the user goes on
HUSHED_MS = 1_000.0  # from the start of an interruption to the last word that may begin


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the user says, and what should come of it.

    They go on when the model has said `answers` stretches of speech and is silent, or after `most_s`; with `into_s`, when it
    has been speaking for so long, or after `most_s`: an interruption follows. `wants` are the words of the note that hands
    it over, `calls_off` those of the task that is taken back, `shows` those of a card's title, `says` those that should be
    heard of the model; with `hushes`, it has to be silent from 1 s after the line began.
    """

    text: str
    answers: int = 1
    most_s: float = 9.0
    into_s: float = 0.0
    wants: str = ""
    calls_off: str = ""
    shows: str = ""
    says: str = ""
    hushes: bool = False


SCRIPT = (
    Line(
        text="please find out | how much seven times eight is", answers=2, wants="seven times eight", says="fifty six"
    ),
    Line(
        text="can you find out | how many metres are in three miles",
        answers=2,
        wants="metres three miles",
        says="four thousand",
    ),
    Line(text="remember that my book is in the garden", answers=2, wants="book garden", says="may i write this down"),
    Line(text="never mind", calls_off="book garden", says="okay"),
    Line(text="look up | when the museum opens on monday", answers=2, wants="museum opens monday", says="nine"),
    Line(
        text="show me a chart of the rain in the village",
        answers=2,
        most_s=12.0,
        wants="chart rain village",
        shows="rain",
    ),
    Line(text="count from one to nine", into_s=1.4, says="one two"),
    Line(text="stop", answers=0, most_s=2.5, hushes=True),
    Line(text="please find out | how much nine plus four is", answers=2, wants="nine plus four", says="thirteen"),
)


class User:
    """Says the lines one after another; sans-I/O, told what it heard tick by tick (`protocol.playback.Listener`)."""

    def __init__(self, spoken_S: Sequence[Samples], script: Sequence[Line] = SCRIPT) -> None:
        self.spoken_S, self.script = spoken_S, script
        self.spans: list[Span] = []
        self.at_ms = 0.0
        self._saying_S = np.zeros(4 * TICK, np.float32)
        self._line, self._waited_ms = -1, 1e9
        self._speech_ms = self._silence_ms = 0.0
        self._stretches = 0

    def next(self, heard_S: Samples, /) -> Samples | None:
        """The next tick's samples [S]; None when all is said."""
        self._listen(heard_S)
        if not len(self._saying_S):
            self._waited_ms += TICK_MS
            if self._may_go_on() and not self._begin():
                return None
        said_S, self._saying_S = self._saying_S[:TICK], self._saying_S[TICK:]
        self.at_ms += TICK_MS
        return np.pad(said_S, (0, TICK - len(said_S)))

    def _listen(self, heard_S: Samples) -> None:
        loud = bool(len(heard_S)) and float(np.sqrt(np.mean(heard_S**2))) > AUDIBLE
        if loud:
            self._stretches += self._silence_ms > 0 or not self._speech_ms
            self._speech_ms, self._silence_ms = self._speech_ms + TICK_MS, 0.0
        elif self._speech_ms:
            self._silence_ms += TICK_MS

    def _may_go_on(self) -> bool:
        line = self.script[self._line]
        if self._line < 0 or self._waited_ms >= line.most_s * 1000.0:
            return not (self._speech_ms and self._silence_ms < QUIET_MS / 2) or self._waited_ms > 2e3 * line.most_s
        if line.into_s:
            return self._speech_ms >= line.into_s * 1000.0
        return self._stretches >= line.answers > 0 and self._silence_ms >= QUIET_MS

    def _begin(self) -> bool:
        self._line += 1
        if self._line >= len(self.script):
            return False
        self._saying_S = self.spoken_S[self._line]
        until_ms = self.at_ms + len(self._saying_S) * 1000.0 / USER_HZ
        text = self.script[self._line].text.replace(" |", "")
        self.spans.append(Span(at_ms=self.at_ms, until_ms=until_ms, kind="line", text=text))
        self._waited_ms = self._speech_ms = self._silence_ms = 0.0
        self._stretches = 0
        return True


def judged(timeline: Timeline, spans: Sequence[Span], script: Sequence[Line] = SCRIPT) -> list[dict[str, object]]:
    """Of each line of the script: the note it led to, what the background did, what was said, and whether that was right."""
    found: list[dict[str, object]] = []
    tasks = {event.id: event.task for event in timeline.events if isinstance(event, Delegation)}
    for number, (line, span) in enumerate(zip(script, spans, strict=False)):
        end_ms = spans[number + 1].at_ms if number + 1 < len(spans) else timeline.duration_ms
        events = [event for event in timeline.events if span.at_ms <= event.at_ms < end_ms]
        ordered = [order for event in events if isinstance(event, Do) for order in orders(event.text)]
        said = [w for w in timeline.words(Channel.SAY) if span.at_ms <= w.at_ms < end_ms]
        cards = [event for event in events if isinstance(event, Card)]
        handed = not line.wants or any(_has(order.task, line.wants) for order in ordered if order.kind == DELEGATE)
        off = [tasks.get(e.delegation, "") for e in events if isinstance(e, Cancel) and e.reason == "withdrawn"]
        called_off = not line.calls_off or any(_has(task, line.calls_off) for task in off)
        hushed = not line.hushes or not any(word.at_ms > span.at_ms + HUSHED_MS for word in said)
        found.append(
            {
                "user": span.text,
                "notes": [f"{o.kind} {o.task}" for o in ordered if o.kind in (DELEGATE, CANCEL)],
                "given": [e.task for e in events if isinstance(e, Delegation)],
                "results": [e.text for e in events if isinstance(e, Result)],
                "cards": [f"{card.kind}: {card.title}" for card in cards],
                "over": [e.reason for e in events if isinstance(e, Cancel)],
                "said": " ".join(word.text for word in said),
                "handed over rightly": handed and called_off if line.wants or line.calls_off else None,
                "shown rightly": any(_has(card.title, line.shows) for card in cards) if line.shows else None,
                "said rightly": hushed and _has(" ".join(word.text for word in said), line.says)
                if line.says or line.hushes
                else None,
            }
        )
    return found


def _has(text: str, words: str) -> bool:
    return set(words.split()) <= set(text.lower().split())


def lines_of(voice_name: str, script: Sequence[Line] = SCRIPT) -> list[Samples]:
    """The lines in the first voice of the test split whose name begins so, 16 kHz [S] each; a "|" is a short pause."""
    voice = next((voice for voice in voices("test") if voice.name.startswith(voice_name)), None)
    if voice is None:
        raise ValueError(f"no voice of the test split begins with {voice_name!r}; try espeak or hibari")
    pause_S = np.zeros(USER_HZ // 5, np.float32)
    parts = [
        [part_S for piece in line.text.split("|") for part_S in (pause_S, spoken(voice, piece.strip()))]
        for line in script
    ]
    return [np.concatenate(pieces[1:]) for pieces in parts]


def session(url: str, voice: str) -> tuple[Timeline, list[dict[str, object]]]:
    """One session with the server at `url` in real time, and what came of each line."""
    user = User(lines_of(voice))
    wire = Live(url)
    heard = meet(wire, Timeline(duration_ms=0.0), user)
    report = judged(heard, user.spans)
    meta = {**heard.meta, "recipe": "errands", "voice": voice, "report": report}
    events = tuple(sorted((*heard.events, *user.spans), key=lambda event: event.at_ms))
    return replace(heard, events=events, meta=meta), report


def told(report: Sequence[dict[str, object]]) -> str:
    """The report for people, with the count of what was handed over rightly."""
    lines = [
        f"{row['user']}\n"
        + "\n".join(f"    {k}: {v}" for k, v in row.items() if k != "user" and v not in ([], "", None))
        for row in report
    ]
    for what in ("handed over rightly", "shown rightly", "said rightly"):
        rows = [row[what] for row in report if row[what] is not None]
        lines.append(f"{what}: {sum(map(bool, rows))} of {len(rows)}")
    return "\n".join(lines)


def on_the_page(url: str, recorded: Path, picture: Path) -> dict[str, object]:
    """The recorded user speaks into Chromium's fake microphone at `url`; a picture of the page, and what stands on it."""
    from recipes.errands_page import watch

    timeline = Timeline.load(recorded)
    return watch(url, timeline.audio[Channel.USER], picture)


def main() -> None:
    parser = argparse.ArgumentParser(description="a spoken session with work in the background")
    parser.add_argument("url", nargs="?", default="http://localhost:8080")
    parser.add_argument("--out", type=Path, default=Path("work/errands"))
    parser.add_argument("--voice", default="espeak", help="the beginning of a test voice's name (default: espeak)")
    parser.add_argument(
        "--page", type=Path, metavar="PNG", help="then the same in Chromium, with a picture of the page"
    )
    args = parser.parse_args()
    timeline, report = session(args.url, args.voice)
    timeline.save(args.out)
    write_wav(args.out / "conversation.wav", timeline.stereo(MODEL_HZ), MODEL_HZ)
    draw(timeline, args.out / "timeline.png")
    (args.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    print(told(report))
    print(f"wrote {args.out}/timeline.jsonl, timeline.png, conversation.wav and report.json")
    if args.page:
        print(json.dumps(on_the_page(args.url, args.out, args.page), indent=1))


if __name__ == "__main__":
    main()
