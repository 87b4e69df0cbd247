"""SID-Bench on systems that talk: the break is when the voice stops, on the clock of what the user says.

`meta["event_ms"]` is the clip, `break_ms` when it is an interruption (None: it is none), `watch_ms` until when a break
counts. A break after the clip's end is none where one was right, as it is none in the official files, and a false alarm
where none was. A system that was not speaking when the clip began had nothing to break off: unscored.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Literal

from microturn.bench.rules import Mode
from microturn.bench.rules.sid_bench import Line, judge, totals
from microturn.bench.scorers.broke_off import broke_off_ms, silent_from_ms
from microturn.bench.task import Scenario, Score, Scorer
from microturn.protocol.timeline import Timeline


def line_of(scenario: Scenario, output: Timeline) -> Line | None:
    """The scenario as a line of the benchmark's files; None where the system was not speaking."""
    if silent_from_ms(scenario, output) is None:
        return None
    start_ms, until_ms = scenario.meta["event_ms"]
    break_ms, got_ms = scenario.meta.get("break_ms"), broke_off_ms(scenario, output)
    if break_ms is not None and got_ms is not None and got_ms > until_ms:
        got_ms = None
    return Line(
        breaks=break_ms is not None,
        true_s=-1.0 if break_ms is None else (break_ms - start_ms) / 1000,
        broke=got_ms is not None,
        got_s=-1.0 if got_ms is None else (got_ms - start_ms) / 1000,
        duration_s=(until_ms - start_ms) / 1000,
    )


def _scored(value: Callable[[Line], float | None]) -> Scorer:
    def score(scenario: Scenario, output: Timeline) -> Score:
        line = line_of(scenario, output)
        if line is None:
            return Score(value=None, explanation="the system was not speaking when the user began")
        outcome = judge(line).outcome.name.lower()
        got = f"broke off at {line.got_s:.2f} s" if line.broke else "spoke on"
        right = f"right at {line.true_s:.2f} s" if line.breaks else "nothing to break off for"
        return Score(value=value(line), explanation=f"{outcome}: {got}, {right}", evidence=asdict(line))

    return score


def rate(name: Literal["fir", "irl", "early"], mode: Mode = "fixed") -> Scorer:
    """One of the benchmark's rates; a line that has no part in it is unscored."""
    return _scored(lambda line: getattr(totals([line], mode), name))


score_penalty: Scorer = _scored(lambda line: judge(line).penalty_s)
