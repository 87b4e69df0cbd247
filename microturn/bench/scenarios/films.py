"""What the suites of moving pictures have to know of a scene: what is asked when, what can be seen from when on.

Times in ms. `due_ms` of an expectation is the arrival of the first frame that shows why; `event_ms` when it happens in
the world, which may be between two frames.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from microturn.bench.scenarios.windows import answer_window, cue_window
from microturn.bench.task import Scenario
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

LONGEST_MS = 21_500.0
RELATED_MS = 4000.0  # for how long after it happened a thing counts as being in view
LAST_WORD_MS = 400.0  # before the end: room for one word


def seen(span: Span, timeline: Timeline) -> Span:
    """Every cue, due when it is first seen."""
    del timeline
    return cue_window(span, span.at_ms)


def asked(span: Span, timeline: Timeline) -> Span:
    """Every answer, due when the question before it has ended."""
    ends = [told.until_ms for told in timeline.spans("told") if told.until_ms <= span.until_ms]
    request_end_ms = span.data.get("request_end_ms", ends[-1])
    due = Span(
        at_ms=span.at_ms,
        until_ms=span.until_ms,
        kind=span.kind,
        text=span.text,
        who=span.who,
        data={**span.data, "request_end_ms": request_end_ms},
    )
    return answer_window(due)


def seen_or_asked(span: Span, timeline: Timeline) -> Span:
    """An answer to a question, or a cue."""
    return asked(span, timeline) if "request_end_ms" in span.data else seen(span, timeline)


def short(index: int, scenario: Scenario) -> bool:
    """Scenes that do not last long."""
    del index
    return scenario.timeline.duration_ms <= LONGEST_MS


def due_ms(timeline: Timeline) -> list[float]:
    """When each expectation is due."""
    return [float(span.data["due_ms"]) for span in timeline.spans("expect")]


def request_end_ms(timeline: Timeline) -> float:
    """The end of the first thing that the user says."""
    return timeline.spans("told")[0].until_ms


def repetitions(timeline: Timeline) -> Mapping[str, Any]:
    """When each repetition ends, and where the request does."""
    return {"rep_times_ms": rep_ends_ms(timeline), "from_ms": request_end_ms(timeline)}


def rep_ends_ms(timeline: Timeline) -> list[float]:
    return [float(span.data["rep_end_ms"]) for span in timeline.spans("expect")]


def window(timeline: Timeline) -> Mapping[str, Any]:
    """From when to when somebody does something."""
    start_ms, stop_ms = event_times_ms(timeline)
    return {
        "window_ms": [start_ms, stop_ms],
        "from_ms": request_end_ms(timeline),
        "video_end_ms": timeline.duration_ms,
    }


def event_times_ms(timeline: Timeline) -> list[float]:
    return [float(span.data["event_ms"]) for span in timeline.spans("expect")]


def turns(timeline: Timeline) -> Mapping[str, Any]:
    """Each thing to be said, in ProactiveVideoQA's form: a reply counts until a tick before the next thing, or to the end."""
    expects = timeline.spans("expect")
    ends_ms = [*(next_ms - timeline.tick_ms for next_ms in due_ms(timeline)[1:]), timeline.duration_ms]
    answer = [
        {
            "content": span.text,
            "reply_ms": [span.data["due_ms"], end_ms],
            "related_ms": [span.data["due_ms"], min(end_ms, span.data["due_ms"] + RELATED_MS)],
        }
        for span, end_ms in zip(expects, ends_ms, strict=True)
    ]
    return {"question": timeline.spans("told")[0].text, "turns": answer}


def moment(timeline: Timeline) -> Mapping[str, Any]:
    """The right moment of an output of one's own accord; nothing where the user asks and is answered."""
    expect = timeline.spans("expect")[0]
    if "request_end_ms" in expect.data:
        return questions(timeline)
    told = timeline.spans("told")[0]
    return {"output": expect.text, "moment_ms": expect.data["due_ms"], "question_ms": told.until_ms}


def questions(timeline: Timeline) -> Mapping[str, Any]:
    """What is asked, the right answer, from when on it can be given, and when the next question begins."""
    expects, told = timeline.spans("expect"), timeline.spans("told")
    nexts_ms = [*(span.at_ms for span in told[1:]), timeline.duration_ms]
    return {
        "questions": [
            {
                "question": one.text,
                "answer": expect.text,
                "short": expect.text,
                "asked_ms": one.at_ms,
                "ready_ms": one.until_ms,
                "until_ms": next_ms,
            }
            for one, expect, next_ms in zip(told, expects, nexts_ms, strict=True)
        ]
    }


def last_word_ms(scenario: Scenario) -> float:
    """When a system that waits to the end has to begin its last word."""
    return scenario.timeline.duration_ms - LAST_WORD_MS


Suits = Callable[[int, Scenario], bool]


def described(acts: Sequence[str]) -> Suits:
    """Short scenes; those of `acts` only where the answer is a clause ("there is a man") and no single word."""

    def suits(index: int, scenario: Scenario) -> bool:
        texts = [span.text for span in scenario.timeline.spans("expect")]
        needs = scenario.meta["act"] in acts
        return short(index, scenario) and bool(texts) and (not needs or " " in texts[0])

    return suits
