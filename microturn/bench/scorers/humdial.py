"""HumDial-FDBench: answers interruptions, goes on through what is none, and how soon.

The official classes come from a judge (respond, resume, uncertain, unknown; `score_judged`). Beside them stands what can be
told without one, where the expected answer is known: an interruption is right when the voice falls silent and the new
answer comes in its window (or nothing more, after "stop"); a rejection when the voice goes on; a pause when nothing is
heard in it and the request is answered at its end. (The official rejection rate for pauses counts silence alone.)
A system that was not speaking when it was disturbed is unscored where nothing else was asked of it.
"""

from collections.abc import Sequence

from microturn.bench.audible import overlap_ms, said, soundings
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules.humdial import delay_score, mean_delay_s, total
from microturn.bench.scorers.broke_off import broke_off_ms, silent_from_ms
from microturn.bench.scorers.expect import match
from microturn.bench.task import Result, Scenario, Score
from microturn.protocol.timeline import Timeline

ANSWER_MS = 3000.0  # an answer to a request after a pause begins no later
NOT_SPEAKING = Score(value=None, explanation="the system was not speaking when it was disturbed")


def score_interruption(scenario: Scenario, output: Timeline) -> Score:
    """1 if the system falls silent and says what it was then asked for; unscored where nobody interrupts."""
    if scenario.meta["wanted"] != "respond":
        return Score(value=None, explanation="nobody interrupts")
    speaking = silent_from_ms(scenario, output) is not None
    stopped = not speaking or broke_off_ms(scenario, output) is not None
    event_ms = scenario.meta["event_ms"][0]
    expects = [span for span in scenario.timeline.spans("expect") if span.at_ms >= event_ms]
    if expects:
        answered = all(onset is not None for onset in match(expects, said(output)).onsets)
    elif "answer" in scenario.meta and not scenario.meta["answer"]:
        if not speaking:
            return NOT_SPEAKING
        answered = not any(sound.at_ms > scenario.meta["watch_ms"] for sound in soundings(output))
    else:
        return Score(value=None, explanation="what is right to say is not known: it takes a judge")
    why = f"{'fell silent' if stopped else 'spoke on'}, {'right' if answered else 'not right'} after it"
    return Score(value=float(stopped and answered), explanation=why, evidence=_said(scenario, output))


def score_rejection(scenario: Scenario, output: Timeline) -> Score:
    """1 if the system goes on through what is no interruption, or waits in a pause and answers after it."""
    if scenario.meta["wanted"] == "wait":
        return _score_pause(scenario, output)
    if scenario.meta["wanted"] != "resume":
        return Score(value=None, explanation="somebody interrupts")
    if silent_from_ms(scenario, output) is None:
        return NOT_SPEAKING
    broke_ms = broke_off_ms(scenario, output)
    why = "spoke on" if broke_ms is None else f"fell silent at {broke_ms:.0f} ms"
    return Score(value=float(broke_ms is None), explanation=why, evidence=_said(scenario, output))


def _score_pause(scenario: Scenario, output: Timeline) -> Score:
    sounds, end_ms = soundings(output), scenario.meta["first_ms"]
    heard_ms = sum(overlap_ms(sounds, start, until) for start, until in scenario.meta["pauses_ms"])
    answered = any(end_ms <= sound.at_ms <= end_ms + ANSWER_MS for sound in sounds)
    why = f"{heard_ms:.0f} ms audible in pauses, {'an answer' if answered else 'no answer'} after them"
    return Score(value=float(heard_ms == 0 and answered), explanation=why)


def score_judged(scenario: Scenario, output: Timeline, judge: Judge, *, wanted: str) -> Score:
    """1 if the judge finds that the system does what is `wanted` ("respond" or "resume"); pauses need no judge."""
    if scenario.meta["wanted"] == "wait" and wanted == "resume":
        return _score_pause(scenario, output)
    if scenario.meta["wanted"] != wanted:
        return Score(value=None, explanation=f"to {scenario.meta['wanted']} is right here")
    evidence = _said(scenario, output)
    question = Question(
        kind="behaviour",
        reply=evidence["after"],
        question=scenario.meta["disturbance"],
        context=scenario.meta["clean"],
        expected=wanted,
    )
    [verdict] = judge.ask([question])
    value = None if verdict.value is None else float(verdict.value == wanted)
    return Score(value=value, explanation=verdict.reason, evidence={**evidence, "behaviour": verdict.value})


def judged_interruption(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    return score_judged(scenario, output, judge, wanted="respond")


def judged_rejection(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    return score_judged(scenario, output, judge, wanted="resume")


def _said(scenario: Scenario, output: Timeline) -> dict[str, str]:
    """What was said before the disturbance and from it on."""
    at_ms, words = scenario.meta["event_ms"][0], said(output)
    return {
        "before": " ".join(word.text for word in words if word.at_ms < at_ms),
        "after": " ".join(word.text for word in words if word.at_ms >= at_ms),
    }


def score_stop_delay(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the interruption's first sound to the last of the voice that it interrupts."""
    if scenario.meta["wanted"] != "respond":
        return Score(value=None, explanation="nobody interrupts")
    until_ms = silent_from_ms(scenario, output)
    if until_ms is None:
        return NOT_SPEAKING
    delay_s = (until_ms - scenario.meta["event_ms"][0]) / 1000
    return Score(value=delay_s, explanation=f"audible for {delay_s:.2f} s after the user began")


def score_response_delay(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the end of the interruption to the first sound that begins after it."""
    if scenario.meta["wanted"] != "respond":
        return Score(value=None, explanation="nobody interrupts")
    return _first_after(output, scenario.meta["event_ms"][1])


def score_first_delay(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the end of the first request to the first sound; unscored if that comes before, as it is officially."""
    sounds, end_ms = soundings(output), scenario.meta["first_ms"]
    if sounds and sounds[0].at_ms <= end_ms:
        return Score(value=None, explanation="it spoke before the request had ended")
    return _first_after(output, end_ms)


def _first_after(output: Timeline, end_ms: float) -> Score:
    onset_ms = next((sound.at_ms for sound in soundings(output) if sound.at_ms > end_ms), None)
    if onset_ms is None:
        return Score(value=None, explanation="no answer was audible")
    delay_s = (onset_ms - end_ms) / 1000
    return Score(value=delay_s, explanation=f"audible {delay_s:.2f} s after the user had ended")


def delay_of(results: Sequence[Result]) -> float | None:
    """The challenge's delay in seconds, from the results of stop delay, response delay and first response delay."""
    stop, response, first = (
        {kind: [part.value] for kind, part in one.by_kind.items() if part.value is not None} for one in results
    )
    return mean_delay_s(stop, response, first)


def delay_score_of(results: Sequence[Result]) -> float | None:
    """That delay as a score, 0 to 100 (an inferred formula: see `rules.humdial`)."""
    delay_s = delay_of(results)
    return None if delay_s is None else delay_score(delay_s)


def total_of(results: Sequence[Result]) -> float | None:
    """The challenge's total, 0 to 100, from the results of interruption, rejection and the three delays."""
    interruption, rejection = (one.estimate.value for one in results[:2])
    delay_s = delay_of(results[2:])
    if interruption is None or rejection is None or delay_s is None:
        return None
    return total(100 * interruption, 100 * rejection, delay_s)
