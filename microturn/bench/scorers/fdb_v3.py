"""Tool calls and the answer that goes with them, after Full-Duplex-Bench v3 (arXiv 2604.04847): see `rules.fdb_v3`.

Calls are the notes of `bench.tools.calls`. What a recorded result of the official runner says of itself (`meta["result"]`:
transcript, asr_chunks and its two times) goes before what can be heard. By the official rule an agent speaks first when
it is first heard at all.
"""

from collections.abc import Callable
from typing import Any

from microturn.bench.audible import said, soundings
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules import Mode
from microturn.bench.rules import fdb_v3 as rules
from microturn.bench.task import Scenario, Score, Scorer
from microturn.bench.tools import calls
from microturn.protocol.timeline import Timeline

Of = Callable[[Scenario], bool]  # which scenarios a measure is about


def everything(scenario: Scenario) -> bool:
    del scenario
    return True


def of(name: str, value: Any) -> Of:
    """Scenarios with this value, or one among these values, in their meta."""

    def chosen(scenario: Scenario) -> bool:
        has = scenario.meta.get(name)
        return value in has if isinstance(has, list) else has == value

    return chosen


def entry(scenario: Scenario, output: Timeline) -> dict[str, Any]:
    """An item as the official scripts have it: scenario, calls, transcript, and times in seconds."""
    result = dict(output.meta.get("result") or _as_result(scenario, output))
    made = [call.plain() for call in calls(output)]
    return {"scenario": scenario.meta, "calls": made, "transcript": result.get("transcript"), "result_data": result}


def _as_result(scenario: Scenario, output: Timeline) -> dict[str, Any]:
    words, sounds = said(output), soundings(output)
    return {
        "transcript": " ".join(word.text for word in words),
        "asr_chunks": [{"text": w.text, "timestamp": [w.at_ms / 1000, w.until_ms / 1000]} for w in words],
        "user_speech_end_rel": float(scenario.meta["turn_end_ms"]) / 1000,
        "audio_agent_speech_start": sounds[0].at_ms / 1000 if sounds else None,
    }


def _evidence(found: dict[str, Any]) -> dict[str, Any]:
    expected = found["scenario"]["expected_tool_calls"]
    return {"expected": expected, "calls": found["calls"], "said": found["transcript"]}


def _taken(found: dict[str, Any]) -> bool:
    return rules.took_turn(found["transcript"], found["result_data"])


def passes(chosen: Of = everything, *, mode: Mode = "official") -> Scorer:
    """Pass@1: the right calls, none too many, all arguments right."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if not chosen(scenario):
            return Score(value=None, explanation="another kind of request")
        found = entry(scenario, output)
        outcome = rules.passes(scenario.meta["expected_tool_calls"], found["calls"], mode=mode)
        names = ", ".join(call["function"] for call in found["calls"]) or "nothing"
        why = f"{outcome.replace('_', ' ')}: called {names}"
        return Score(value=float(outcome == "pass"), explanation=why, evidence=_evidence(found))

    return score


def selection(*, taken: bool = True) -> Scorer:
    """F1 of the functions called; with `taken` unscored where the system did not take its turn, as in the official mean."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        found = entry(scenario, output)
        if taken and not _taken(found):
            return Score(value=None, explanation="it did not take its turn")
        selected = rules.select(scenario.meta["expected_tool_calls"], found["calls"])
        why = f"missing {selected['unmatched_expected']}, too many {selected['unexpected_calls']}"
        return Score(value=selected["score"], explanation=why, evidence=selected)

    return score


def right_arguments(*, taken: bool = True) -> Scorer:
    """The share of expected calls with right arguments; `taken` as for `selection`."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        found = entry(scenario, output)
        if taken and not _taken(found):
            return Score(value=None, explanation="it did not take its turn")
        got = rules.arguments(scenario.meta["expected_tool_calls"], found["calls"])
        return Score(value=got["score"], explanation=f"each call: {got['per_call']}", evidence=_evidence(found))

    return score


def turn_taken(scenario: Scenario, output: Timeline) -> Score:
    """1 if the system said anything."""
    found = entry(scenario, output)
    return Score(value=float(_taken(found)), explanation=f"said: {found['transcript'] or 'nothing'}")


def waiting(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the end of the request to the first speech; unscored where that interrupts, or there is none."""
    timed = _timed(scenario, output)
    if not timed["available"] or timed["is_interruption"]:
        return Score(value=None, explanation="it spoke first within the request" if timed["available"] else "no speech")
    seconds = timed["agent_response_latency_s"]
    return Score(value=seconds, explanation=f"spoke {seconds:.2f} s after the request")


def interrupts(scenario: Scenario, output: Timeline) -> Score:
    """1 if it first spoke before the request had ended; unscored where it did not speak."""
    timed = _timed(scenario, output)
    if not timed["available"]:
        return Score(value=None, explanation="no speech")
    seconds = timed["agent_response_latency_s"]
    return Score(value=float(timed["is_interruption"]), explanation=f"spoke {seconds:.2f} s after the request's end")


def _timed(scenario: Scenario, output: Timeline) -> dict[str, Any]:
    found = entry(scenario, output)
    return rules.latency(found["result_data"]) if _taken(found) else {"available": False}


def first_call(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the end of the request to the first tool call; below 0 it was made before all was said."""
    made = calls(output)
    if not made:
        return Score(value=None, explanation="no call")
    seconds = (made[0].at_ms - float(scenario.meta["turn_end_ms"])) / 1000
    return Score(value=seconds, explanation=f"called {made[0].function} {seconds:.2f} s after the request")


def response_quality(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """1 if what was said means what ought to be said at last; nothing said is 0, whatever the judge."""
    found = entry(scenario, output)
    reply, wanted = (found["transcript"] or "").strip(), scenario.meta.get("reply", "")
    if not _taken(found) or not wanted:
        return Score(
            value=None, explanation="nothing is known to be right" if not wanted else "it did not take its turn"
        )
    if not reply:
        return Score(value=0.0, explanation="nothing is in the transcript")
    question = Question(kind="same", reply=reply, expected=wanted, question=scenario.meta.get("request", ""))
    verdict = judge.ask([question])[0]
    value = float(verdict.value) if isinstance(verdict.value, int | float) else None
    return Score(value=value, explanation=verdict.reason, evidence={"said": reply, "expected": wanted})
