"""What each suite counts as the truth of a scene: which expectations are scored, and what the scorers must know."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from microturn.bench.audible import said, soundings
from microturn.bench.rules.fdb_v1 import takeover
from microturn.bench.scenarios.windows import answer_window, cue_window, near_minutes, near_seconds, timer_window
from microturn.bench.task import Scenario
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

EARLY_FINISH_MS = 600.0  # a system may count a little faster than the script


def answers(span: Span, timeline: Timeline) -> Span | None:
    """Every reply to a request."""
    del timeline
    return answer_window(span) if "request_end_ms" in span.data else None


def times(span: Span, timeline: Timeline) -> Span | None:
    """Timers and their turns; answers about durations and the wall clock. An "okay" earns nothing."""
    if "seconds" in span.data:
        return timer_window(span)
    if "request_end_ms" not in span.data:
        return None
    if span.text.startswith("it is "):
        asked_s = timeline.second_of_day + float(span.data["request_end_ms"]) / 1000
        window = answer_window(span, alternatives=near_minutes(asked_s))
        return replace(window, data={**window.data, "clock": True})
    near = near_seconds(span.text)
    return answer_window(span, alternatives=near) if near else None


def cues(span: Span, timeline: Timeline) -> Span | None:
    """Words at their cues; the closing "okay" earns nothing."""
    del timeline
    return cue_window(span, float(span.data["cue_end_ms"])) if "cue_end_ms" in span.data else None


def more_times(span: Span, timeline: Timeline) -> Span | None:
    """As `times`; what is due at a time of day goes by the session's clock."""
    window = times(span, timeline)
    if window is not None and span.text.startswith("it is "):
        return replace(window, data={**window.data, "clock": True})
    return window


def cues_or_answers(span: Span, timeline: Timeline) -> Span | None:
    """Words at their cues, and the answers of acts that are questions about a word; "okay" earns nothing."""
    if "cue_end_ms" in span.data:
        return cues(span, timeline)
    return None if span.text == "okay" else answers(span, timeline)


def sights(span: Span, timeline: Timeline) -> Span | None:
    """Words at what is seen; counted repetitions are scored by their own rule."""
    del timeline
    return cue_window(span, span.at_ms) if "sight" in span.data else None


def scripted(span: Span, timeline: Timeline) -> Span | None:
    """Everything that an act expects: in the bench's window of its kind, or else in the script's own, at the listener."""
    if "seconds" in span.data:
        return times(span, timeline)
    if "cue_end_ms" in span.data:
        return cues(span, timeline)
    if "request_end_ms" in span.data:
        return answers(span, timeline)
    tick_ms = timeline.tick_ms
    return replace(span, at_ms=span.at_ms + tick_ms, until_ms=span.until_ms + tick_ms)


def repetitions(timeline: Timeline) -> Mapping[str, Any]:
    """When each repetition of a moving figure ends."""
    return {"rep_times_ms": [span.data["rep_end_ms"] for span in timeline.spans("expect") if "rep_end_ms" in span.data]}


def turn(timeline: Timeline) -> Mapping[str, Any]:
    """The pauses inside the user's turn, and its end: the last sample of its last word."""
    ends = [float(span.data["request_end_ms"]) for span in timeline.spans("expect") if "request_end_ms" in span.data]
    pauses = [[span.at_ms, span.until_ms] for span in timeline.spans("pause")]
    return {"turn_end_ms": max(ends), "pauses_ms": pauses}


def suits_turntaking(index: int, scenario: Scenario) -> bool:
    """Scenes in turn with and without a pause, whose scripted answer is a takeover by the official rule."""
    chunks = [(word.at_ms / 1000, word.until_ms / 1000) for word in said(scenario.timeline)]
    return takeover(chunks) and bool(scenario.meta["pauses_ms"]) == (index // 2 % 2 == 0)


ECHO_DB = -20.0  # a loudspeaker beside the microphone, without echo cancellation


def overlap(timeline: Timeline) -> Mapping[str, Any]:
    """When the user interrupts (first sample of the first word) and from when a reply is due, or murmurs.

    Where nobody does either, the model's own voice leaks into the microphone from its first word on.
    """
    meta: dict[str, Any] = {}
    if not [*timeline.spans("interrupt"), *timeline.spans("keep")]:
        sounds = soundings(timeline)
        ends_ms = sounds[-1].until_ms - EARLY_FINISH_MS
        return {"echo_db": ECHO_DB, "backchannel_ms": [sounds[0].at_ms + 200, ends_ms], "speech_end_ms": ends_ms}
    for span in timeline.spans("interrupt"):
        words = [w for w in timeline.spans("word") if w.who == "user" and w.until_ms > span.at_ms]
        meta["interruption_ms"] = max(span.at_ms, words[0].at_ms)
        if any(expect.at_ms >= span.at_ms for expect in timeline.spans("expect")):
            meta["reply_from_ms"] = span.until_ms
    for span in timeline.spans("keep"):
        meta["backchannel_ms"] = [span.at_ms, span.until_ms]
        meta["speech_end_ms"] = soundings(timeline)[-1].until_ms - EARLY_FINISH_MS
    return meta


def story(timeline: Timeline) -> Mapping[str, Any]:
    """The story: after the opening "okay" is due, until the teller says that it was all."""
    replies = [span for span in timeline.spans("expect") if "request_end_ms" in span.data]
    return {"story_ms": [replies[0].until_ms, float(replies[-1].data["request_end_ms"])]}
