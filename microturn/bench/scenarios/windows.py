"""Windows: when an answer is in time. All times are the listener's: what the model puts out in tick k sounds in k + 1.

The reference's window widths are unpublished; these are ours, both ends included:

- TimeSpeak, N seconds asked for: 1.0 s around the due time for N up to 10, a tenth of N above;
- a question: from its end to 2.0 s after it (a duration may be off by a second, the minute may turn);
- CueSpeak and sight: from the end of the cue word, or the first frame that shows the cue, to 1.5 s after it.
"""

from collections.abc import Sequence
from dataclasses import replace

from microturn.features.numbers import clock_words, number_words
from microturn.protocol.events import Span

TIMER_MS = 1000.0
TIMER_SHARE = 0.1
TIMER_SHARE_ABOVE_S = 10
ANSWER_MS = 2000.0
CUE_MS = 1500.0
DAY_S = 86_400


def timer_window(span: Span) -> Span:
    """A timer or the n-th turn of "every N seconds": due N seconds after the request, or n times N."""
    seconds = float(span.data["seconds"])
    due_ms = float(span.data["request_end_ms"]) + 1000.0 * seconds * (int(span.data.get("turn", 0)) + 1)
    half_ms = TIMER_MS if seconds <= TIMER_SHARE_ABOVE_S else 1000.0 * TIMER_SHARE * seconds
    return _scored(span, due_ms, due_ms - half_ms, due_ms + half_ms)


def cue_window(span: Span, due_ms: float) -> Span:
    """A cue: due when its word has ended, or when it is first seen."""
    return _scored(span, due_ms, due_ms, due_ms + CUE_MS)


def answer_window(span: Span, *, alternatives: Sequence[str] = ()) -> Span:
    """A question: due when it has ended."""
    due_ms = float(span.data["request_end_ms"])
    return _scored(span, due_ms, due_ms, due_ms + ANSWER_MS, alternatives)


def allowed(span: Span, *, tick_ms: float) -> Span:
    """Speech that is in order but earns nothing, such as an "okay": the script's window, at the listener."""
    data = {**span.data, "scored": False}
    return replace(span, at_ms=span.at_ms + tick_ms, until_ms=span.until_ms + tick_ms, data=data)


def near_seconds(text: str) -> list[str]:
    """The durations a second off: "four seconds" gives "three seconds" and "five seconds"."""
    spoken = [_duration(number) for number in range(1, 100)]
    if text not in spoken:
        return []
    place = spoken.index(text)
    return spoken[max(place - 1, 0) : place] + spoken[place + 1 : place + 2]


def near_minutes(second_of_day: float) -> list[str]:
    """The wall time as it may be told within two seconds of `second_of_day`, with or without "it is"."""
    times = {" ".join(clock_words((second_of_day + shift) % DAY_S)) for shift in (0.0, 1.0, 2.0)}
    return sorted(times) + sorted(f"it is {time}" for time in times)


def _duration(number: int) -> str:
    return f"{' '.join(number_words(number))} {'second' if number == 1 else 'seconds'}"


def _scored(span: Span, due_ms: float, at_ms: float, until_ms: float, alternatives: Sequence[str] = ()) -> Span:
    data = {**span.data, "due_ms": due_ms, "scored": True, "or": list(alternatives)}
    return replace(span, at_ms=at_ms, until_ms=until_ms, data=data)
