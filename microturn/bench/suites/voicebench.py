"""VoiceBench: one spoken turn of nine kinds, and what the system answers in text. Rules: `rules.voicebench`, `rules.ifeval`."""

from microturn.bench.constant import replies
from microturn.bench.loaders import voicebench as loader
from microturn.bench.scenarios.questions import KINDS
from microturn.bench.scenarios.spoken import spoken_turns
from microturn.bench.scorers.voicebench import (
    by_kind,
    by_rule,
    following,
    overall_of,
    score_instructions,
    score_unchosen,
)
from microturn.bench.task import Measure, Official, Published, Task, Total

SEEDS = 25
OVERALL, IFEVAL = "score, official rule", "instructions followed"
ACCURACIES = ("prompts, strict", "instructions, strict", "prompts, loose", "instructions, loose")
_BOARD = "VoiceBench leaderboard @ 53381541 (all subsets, official data)"
_COLUMNS = ("AlpacaEval", "CommonEval", "WildVoice", "SD-QA", "MMSU", "OBQA", "BBH", "IFEval", "AdvBench")
_ROWS = """
Whisper-v3-large+GPT-4o | 4.80 4.47 4.62 75.77 81.69 92.97 87.20 76.51 98.27 | 87.80
GPT-4o-Audio | 4.78 4.49 4.58 75.50 80.25 89.23 84.10 76.02 98.65 | 86.75
GPT-4o-mini-Audio | 4.75 4.24 4.40 67.36 72.90 84.84 81.50 72.90 98.27 | 82.84
Kimi-Audio | 4.46 3.97 4.20 63.12 62.17 83.52 69.70 61.10 100 | 76.91
MiniCPM-o | 4.42 4.15 3.94 50.72 54.78 78.02 60.40 49.25 97.69 | 71.23
GLM-4-Voice | 3.97 3.42 3.18 36.98 39.75 53.41 52.80 25.92 88.08 | 56.48
Qwen2-Audio | 3.74 3.43 3.01 35.71 35.72 49.45 54.70 26.33 96.73 | 55.80
Freeze-Omni | 4.03 3.46 3.15 53.45 28.14 30.98 50.70 23.40 97.30 | 55.20
Mini-Omni | 1.95 2.02 1.61 13.92 24.69 26.59 46.30 13.58 37.12 | 30.42
Moshi | 2.01 1.60 1.30 15.64 24.04 25.93 47.40 10.12 44.23 | 29.51
"""
_POST = "Thinking Machines, Interaction Models, 11 May 2026 (VoiceBench audio)"
_IFEVAL = (
    ("TML-Interaction-Small", 82.1),
    ("GPT-realtime-2 minimal", 81.7),
    ("GPT-realtime-1.5", 68.1),
    ("Gemini-3.1-flash-live minimal", 67.6),
    ("Qwen3.5-Omni-plus-realtime", 80.3),
    ("GPT-realtime-2 xhigh", 83.2),
    ("Gemini-3.1-flash-live high", 82.8),
)


def _board() -> tuple[Published, ...]:
    """The leaderboard's rows, each with its columns in the note."""
    rows = [[part.strip() for part in line.split("|")] for line in _ROWS.strip().splitlines()]
    return tuple(
        Published(
            measure=OVERALL,
            system=system,
            value=float(total),
            source=_BOARD,
            note=", ".join(f"{name} {value}" for name, value in zip(_COLUMNS, values.split(), strict=True)),
        )
        for system, values, total in rows
    )


TASK = Task(
    name="voicebench",
    summary="answers spoken questions of nine kinds: open, factual, multiple choice, reasoning, instructions, harmful",
    scenarios=spoken_turns(SEEDS, KINDS),
    n=18,
    measures=(
        Measure(name="score", judged=by_kind("fixed"), how="macro"),
        Measure(name=OVERALL, judged=by_kind("official"), how="macro"),
        Measure(name="score of the kinds without a judge", scorer=by_rule, how="macro"),
        Measure(name="no choice found", scorer=score_unchosen, better="low"),
        Measure(name=IFEVAL, scorer=score_instructions),
        Measure(name=ACCURACIES[0], scorer=following(loose=False, each=False)),
        Measure(name=ACCURACIES[1], scorer=following(loose=False, each=True)),
        Measure(name=ACCURACIES[2], scorer=following(loose=True, each=False)),
        Measure(name=ACCURACIES[3], scorer=following(loose=True, each=True)),
    ),
    totals=(Total(name="leaderboard's overall", parts=(OVERALL, *ACCURACIES), of=overall_of),),
    official=Official(
        title="VoiceBench",
        paper="arXiv 2410.17196",
        home=loader.HOME,
        licence="Apache-2.0",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        *_board(),
        *(Published(measure=IFEVAL, system=system, value=value, source=_POST) for system, value in _IFEVAL),
    ),
    blind=(
        replies(name="always A", text="The answer is A."),
        replies(name="always yes", text="Yes."),
        replies(name="always refuses", text="I'm sorry, I can't help with that."),
    ),
)
