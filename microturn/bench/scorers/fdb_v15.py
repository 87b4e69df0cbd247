"""Full-Duplex-Bench v1.5 on timelines: what a system does when somebody speaks into its answer.

Scenarios come in pairs: the disturbed one has `meta["event_ms"]`, `meta["event"]` (the words of the disturbance) and
`meta["twin"]`, the id of the same scene without it; the clean twin itself is unscored. The model's speech is what
`audible` finds by energy, where the official scripts ask Silero's voice detector.
"""

from microturn.bench.audible import said, soundings
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules.fdb_v15 import DESIRED, before_after, words_per_minute
from microturn.bench.rules.fdb_v15_timing import (
    HUMAN_LIKE_S,
    MODEL_GAP_S,
    Segment,
    merged,
    overlaps,
    response_gaps,
)
from microturn.bench.scorers.kinds import elsewhere
from microturn.bench.scorers.takeover import chunks_of
from microturn.bench.task import PairedScorer, Scenario, Score, Scorer
from microturn.protocol.timeline import Timeline

KINDS = tuple(DESIRED)
INTERRUPTION = ("user_interruption",)
NO_INTERRUPTION = tuple(kind for kind in KINDS if kind not in INTERRUPTION)
CLEAN = Score(value=None, explanation="the clean twin of a disturbed scene")


def judge_behaviour(*kinds: str) -> PairedScorer:
    """1 if the model responds to an interruption, or resumes after anything else; by the judge, over these kinds.

    The judge is given what the model begins to say after the disturbance, what was said in it, and what the model said
    from the disturbance's onset on in the clean twin.
    """

    def score(scenario: Scenario, output: Timeline, twin: Timeline | None, judge: Judge | None) -> Score:
        if _undisturbed(scenario) or scenario.kind not in kinds:
            return CLEAN if _undisturbed(scenario) else elsewhere(kinds)
        if twin is None:
            return Score(value=None, explanation=f"its clean twin {scenario.meta.get('twin')} was not run")
        if judge is None:
            return Score(value=None, explanation="there was no judge: give one with --judge")
        return _judged(scenario, output, twin, judge)

    return score


def _judged(scenario: Scenario, output: Timeline, twin: Timeline, judge: Judge) -> Score:
    at_ms, until_ms = scenario.meta["event_ms"]
    question = Question(
        kind="behaviour",
        reply=_said_from(output, until_ms),
        question=scenario.meta["event"],
        context=_said_from(twin, at_ms),
    )
    [verdict] = judge.ask([question])
    desired = DESIRED[scenario.kind].removeprefix("C_").lower()
    evidence = {"behaviour": verdict.value, "desired": desired, "reply": question.reply, "clean": question.context}
    if verdict.value is None:
        return Score(value=None, explanation=verdict.reason, evidence=evidence)
    return Score(
        value=float(verdict.value == desired), explanation=f"{verdict.value}: {verdict.reason}", evidence=evidence
    )


def score_stop(*kinds: str) -> Scorer:
    """Seconds that the model goes on under the disturbance; unscored where it was not speaking then."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if _undisturbed(scenario) or scenario.kind not in kinds:
            return CLEAN if _undisturbed(scenario) else elsewhere(kinds)
        found = overlaps([_event(scenario)], _speech(output))
        if not found:
            return Score(value=None, explanation="the model was not speaking during the disturbance")
        start, end = found[0]
        return Score(value=end - start, explanation=f"{end - start:.2f} s together", evidence={"overlaps_s": found})

    return score


def score_response(*kinds: str) -> Scorer:
    """Seconds from the disturbance's end to the next time that the model begins to speak; unscored if it never does."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if _undisturbed(scenario) or scenario.kind not in kinds:
            return CLEAN if _undisturbed(scenario) else elsewhere(kinds)
        gaps = response_gaps([_event(scenario)], _speech(output))
        if not gaps:
            return Score(value=None, explanation="the model does not begin to speak after the disturbance")
        gap_s = gaps[0][1] - gaps[0][0]
        quick = "" if gap_s > HUMAN_LIKE_S else ", as soon as people do"
        return Score(value=gap_s, explanation=f"speaks {gap_s:.2f} s after it{quick}", evidence={"gap_s": gaps[0]})

    return score


def score_rate(part: str) -> Scorer:
    """Words a minute before or after the end of the disturbance; unscored where that part has fewer than two words."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if _undisturbed(scenario):
            return CLEAN
        before, after = before_after(chunks_of(said(output)), _event(scenario)[1])
        chunks = before if part == "before" else after
        if len(chunks) < 2:
            return Score(value=None, explanation=f"{len(chunks)} words {part} it")
        return Score(value=words_per_minute(chunks), explanation=f"{len(chunks)} words", evidence={"chunks": chunks})

    return score


def _undisturbed(scenario: Scenario) -> bool:
    return "event_ms" not in scenario.meta


def _event(scenario: Scenario) -> Segment:
    at_ms, until_ms = scenario.meta["event_ms"]
    return at_ms / 1000, until_ms / 1000


def _speech(output: Timeline) -> list[Segment]:
    return merged([(sound.at_ms / 1000, sound.until_ms / 1000) for sound in soundings(output)], MODEL_GAP_S)


def _said_from(output: Timeline, at_ms: float) -> str:
    return " ".join(word.text for word in said(output) if word.at_ms >= at_ms)
