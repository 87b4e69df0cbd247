"""Full-Duplex-Bench v1.5: what a system does when somebody speaks into its answer."""

from microturn.bench.loaders.fdb_v15 import OFFICIAL
from microturn.bench.scenarios.fdb_v15 import make
from microturn.bench.scorers.fdb_v15 import (
    INTERRUPTION,
    KINDS,
    NO_INTERRUPTION,
    judge_behaviour,
    score_rate,
    score_response,
    score_stop,
)
from microturn.bench.task import Measure, Published, Task

PAPER = "arXiv 2507.23159"
TML = "Interaction Models, Thinking Machines, 11 May 2026"
RL = "enochlev/text-only-duplex-model, README"
SHARES = (
    "interruption: responds",
    "backchannel: resumes",
    "talking to other: resumes",
    "background speech: resumes",
)
STOPS, RESPONDS = "interruption: stops after", "interruption: responds after"
AVERAGES = {
    "TML-Interaction-Small": (77.8, TML),
    "GPT-realtime-2 minimal": (46.8, TML),
    "GPT-realtime-1.5": (48.3, TML),
    "Gemini 3.1 Flash Live minimal": (54.3, TML),
    "Qwen3.5-Omni-Plus realtime": (39.0, TML),
    "GPT-realtime-2 xhigh": (47.8, TML),
    "Gemini 3.1 Flash Live high": (45.5, TML),
    "GPT-4o-realtime 2024-12-17": (38.5, f"{PAPER}, mean of its four shares"),
    "MiniCPM-o 4.5": (63.5, "InteractionGym, proxy judge, mean of its four shares"),
    "MiniCPM-duplex base": (41.5, RL),
    "MiniCPM-duplex RL": (46.5, RL),
    "DuplexOmni": (72.6, "arXiv 2606.09186"),
}
BY_KIND = {
    "GPT-4o-realtime 2024-12-17": ((78.0, 70.0, 2.0, 4.0), PAPER),
    "MiniCPM-o 4.5": ((77.0, 100.0, 30.0, 47.0), "InteractionGym, proxy judge"),
    "MiniCPM-duplex base": ((65.0, 52.0, 24.0, 25.0), RL),
    "MiniCPM-duplex RL": ((49.0, 63.0, 43.0, 31.0), RL),
}
TIMES = {
    "GPT-4o-realtime 2024-12-17": (0.23, 1.50, PAPER),
    "Gemini Live 2.0": (2.20, 2.62, PAPER),
    "MiniCPM-o 4.5": (1.51, 1.93, "InteractionGym, proxy judge"),
    "MiniCPM-duplex base": (2.17, 1.93, RL),
    "OpenRealtime, energy detector, Gemini 3.1 Flash Live": (0.811, 2.051, "OpenRealtime"),
}
PUBLISHED = (
    *(
        Published(measure="v1.5 average", system=system, value=value, source=source)
        for system, (value, source) in AVERAGES.items()
    ),
    *(
        Published(measure=measure, system=system, value=value, source=source)
        for system, (values, source) in BY_KIND.items()
        for measure, value in zip(SHARES, values, strict=True)
    ),
    *(
        Published(measure=measure, system=system, value=value, source=source)
        for system, (stop_s, response_s, source) in TIMES.items()
        for measure, value in ((STOPS, stop_s), (RESPONDS, response_s))
    ),
)

TASK = Task(
    name="fdb-v1.5",
    summary="responds to interruptions, goes on through other speech (Full-Duplex-Bench v1.5); half are clean twins",
    scenarios=make,
    measures=(
        Measure(name="v1.5 average", paired=judge_behaviour(*KINDS), how="macro"),
        Measure(name=SHARES[0], paired=judge_behaviour("user_interruption")),
        Measure(name=SHARES[1], paired=judge_behaviour("user_backchannel")),
        Measure(name=SHARES[2], paired=judge_behaviour("talking_to_other")),
        Measure(name=SHARES[3], paired=judge_behaviour("background_speech")),
        Measure(name=STOPS, scorer=score_stop(*INTERRUPTION), unit="s", better="low"),
        Measure(name=RESPONDS, scorer=score_response(*INTERRUPTION), unit="s", better="low"),
        Measure(name="other speech: goes on for", scorer=score_stop(*NO_INTERRUPTION), unit="s"),
        Measure(
            name="other speech: speaks again after", scorer=score_response(*NO_INTERRUPTION), unit="s", better="low"
        ),
        Measure(name="speaking rate before", scorer=score_rate("before"), unit="wpm"),
        Measure(name="speaking rate after", scorer=score_rate("after"), unit="wpm"),
    ),
    n=24,
    official=OFFICIAL,
    published=PUBLISHED,
)
