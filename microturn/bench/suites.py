"""The suites: what each is made of. The first measure of a suite is its headline."""

from dataclasses import replace

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.backchannel import score_murmurs, score_murmurs_in_gaps, score_story_takeover
from microturn.bench.scorers.count import score_count, score_count_exact
from microturn.bench.scorers.expect import score_expect, score_expect_strict, score_reaction
from microturn.bench.scorers.intelligibility import score_intelligibility
from microturn.bench.scorers.interruption import score_goes_on, score_stop_latency, score_stops
from microturn.bench.scorers.silence import score_false_speech, score_quiet
from microturn.bench.scorers.takeover import (
    score_latency,
    score_official_latency,
    score_pause_sound,
    score_pause_takeover,
    score_turn_takeover,
)
from microturn.bench.scorers.wer import score_wer
from microturn.bench.task import Measure, Scenario, Score, Scorer, Task
from microturn.data.acts import SIGHT
from microturn.protocol.timeline import Timeline


def _wer_of(split: str) -> Scorer:
    """Word errors on the scenarios of one split of voices."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if scenario.meta["split"] != split:
            return Score(value=None, explanation=f"not of the {split} voices")
        return score_wer(scenario, output)

    return score


def _goes_on(*, echo: bool) -> Scorer:
    """Going on over what other people say, or over its own echo."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if ("echo_db" in scenario.meta) != echo:
            return Score(value=None, explanation="it is something else that goes on")
        return score_goes_on(scenario, output)

    return score


ACCURACY = (
    Measure(name="accuracy", scorer=score_expect, how="macro"),
    Measure(name="strict accuracy", scorer=score_expect_strict, how="macro"),
    Measure(name="reaction", scorer=score_reaction, unit="s", how="median", better="low"),
)
ANSWERS = ("hello", "thanks", "repeat", "count", "nth_word", "yes_no", "last_word", "how_many_words")

_SUITES = (
    Task(
        name="turntaking",
        summary="answers when the user has finished, waits in mid-sentence pauses (Full-Duplex-Bench v1 rules, mini)",
        scenarios=scenarios(
            1, ("repeat", "count"), truths.answers, describe=truths.turn, suits=truths.suits_turntaking
        ),
        measures=(
            Measure(name="latency", scorer=score_latency, unit="s", how="median", better="low"),
            Measure(name="takeover in pauses", scorer=score_pause_takeover, better="low"),
            Measure(name="any sound in pauses", scorer=score_pause_sound, better="low"),
            Measure(name="takeover of turns", scorer=score_turn_takeover),
            Measure(name="official latency", scorer=score_official_latency, unit="s", better="low"),
            Measure(name="right answer in time", scorer=score_expect),
        ),
    ),
    Task(
        name="timespeak",
        summary="speaks at the time asked for: timers, intervals, durations, the clock (after TimeSpeak, mini)",
        scenarios=scenarios(2, ("timer", "every", "how_long", "wall_clock"), truths.times),
        measures=ACCURACY,
    ),
    Task(
        name="cuespeak",
        summary="speaks at cues while the user goes on talking (after CueSpeak, mini)",
        scenarios=scenarios(3, ("whenever", "tally", "halt"), truths.cues),
        measures=ACCURACY,
    ),
    Task(
        name="answers",
        summary="answers spoken requests rightly and in time",
        scenarios=scenarios(4, ANSWERS, truths.answers),
        measures=(*ACCURACY, Measure(name="words understood", scorer=score_intelligibility)),
    ),
    Task(
        name="hearing",
        summary="writes what the user says, in voices and from a synthesiser it was not trained on",
        scenarios=scenarios(5, ("plain", "repeat", "nth_word", "chatter"), splits=("test", "unseen")),
        measures=(
            Measure(name="word error rate", scorer=_wer_of("test"), better="low"),
            Measure(name="word error rate, unseen synthesiser", scorer=_wer_of("unseen"), better="low"),
        ),
    ),
    Task(
        name="interruption",
        summary="stops within 600 ms when interrupted, goes on through murmurs, background speech and its own echo",
        scenarios=scenarios(6, ("interrupted", "undisturbed", "count"), describe=truths.overlap),
        measures=(
            Measure(name="stops in 600 ms", scorer=score_stops),
            Measure(name="stop latency", scorer=score_stop_latency, unit="ms", how="median", better="low"),
            Measure(name="goes on", scorer=_goes_on(echo=False)),
            Measure(name="goes on over its own echo", scorer=_goes_on(echo=True)),
        ),
    ),
    Task(
        name="backchannel",
        summary="murmurs between the sentences of a long story (Full-Duplex-Bench v1 rule with its flaw fixed, mini)",
        scenarios=scenarios(9, ("story",), describe=truths.story),
        measures=(
            Measure(name="takeover in stories", scorer=score_story_takeover, better="low"),
            Measure(name="murmurs", scorer=score_murmurs, unit="per min"),
            Measure(name="murmurs between words", scorer=score_murmurs_in_gaps),
        ),
    ),
    Task(
        name="sight",
        summary="counts repetitions it sees (RepCount's streaming rule, mini), speaks when it sees a cue, says what it sees",
        scenarios=scenarios(7, SIGHT, truths.sights, describe=truths.repetitions),
        measures=(
            Measure(name="count off by one", scorer=score_count),
            Measure(name="count exact", scorer=score_count_exact),
            *(replace(measure, name=f"cues: {measure.name}") for measure in ACCURACY),
        ),
    ),
    Task(
        name="silence",
        summary="stays silent when nothing is asked of it",
        scenarios=scenarios(8, ("plain", "silence", "elsewhere")),
        measures=(
            Measure(name="false speech", scorer=score_false_speech, unit="/min", better="low"),
            Measure(name="silent throughout", scorer=score_quiet),
        ),
    ),
)
TASKS: dict[str, Task] = {task.name: task for task in _SUITES}
