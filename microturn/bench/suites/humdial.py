"""HumDial-FDBench: five ways to be interrupted, four not to be, and how soon it answers."""

from microturn.bench.blind import says_every
from microturn.bench.loaders import humdial as official
from microturn.bench.scenarios import overlaid, scripted, truths
from microturn.bench.scorers import humdial
from microturn.bench.task import Measure, Official, Published, Task, Total

SOURCE = "HumDial-FDBench leaderboard (ASLP-lab/HumDial-FDBench @01c221cc)"
ROWS = {  # interruption, rejection, delay in s, total
    "Cookie asr": (79.3, 72.2, 1.260, 76.6),
    "Badcat": (89.7, 57.8, 1.632, 73.5),
    "SenseDialog": (76.4, 60.9, 1.237, 71.0),
    "Gemini-2.5": (79.8, 36.5, 1.301, 62.3),
    "Unity Squad": (68.5, 51.2, 1.876, 61.6),
    "RhythmSense": (77.4, 38.6, 1.577, 61.1),
    "Lingcon Insight": (67.6, 38.9, 1.127, 59.2),
    "Baseline": (75.9, 35.2, 2.531, 56.4),
    "HelloWorld": (51.3, 36.3, 0.624, 55.0),
    "Freeze-Omni": (29.6, 50.2, 2.578, 43.8),
    "AISpeech": (47.7, 33.9, 3.391, 43.0),
    "Cascade": (28.1, 30.9, 1.739, 37.7),
    "Moshi": (35.4, 22.8, 2.876, 34.5),
}
DELAYS = ("stop delay", "response delay", "first response delay")
TASK = Task(
    name="humdial",
    summary="answers interruptions, goes on through what is none (after HumDial-FDBench, mini)",
    scenarios=scripted.scenarios(
        22, {**overlaid.INTERRUPTIONS, **overlaid.REJECTIONS}, truths.scripted, describe=overlaid.describe
    ),
    n=18,
    measures=(
        Measure(name="interruption", scorer=humdial.score_interruption, how="macro"),
        Measure(name="rejection", scorer=humdial.score_rejection, how="macro"),
        Measure(name="interruption, judged", judged=humdial.judged_interruption, how="macro"),
        Measure(name="rejection, judged", judged=humdial.judged_rejection, how="macro"),
        Measure(name="stop delay", scorer=humdial.score_stop_delay, unit="s", how="macro", better="low"),
        Measure(name="response delay", scorer=humdial.score_response_delay, unit="s", how="macro", better="low"),
        Measure(name="first response delay", scorer=humdial.score_first_delay, unit="s", how="macro", better="low"),
    ),
    totals=(
        Total(name="delay", parts=DELAYS, of=humdial.delay_of, unit="s", better="low"),
        Total(name="delay score, inferred", parts=DELAYS, of=humdial.delay_score_of),
        Total(name="total", parts=("interruption", "rejection", *DELAYS), of=humdial.total_of),
        Total(name="total, judged", parts=("interruption, judged", "rejection, judged", *DELAYS), of=humdial.total_of),
    ),
    official=Official(
        title="HumDial-FDBench",
        paper="arXiv 2604.21406",
        home="huggingface.co/datasets/ASLP-lab/HumDial-FDBench; github.com/ASLP-lab/HumDial-FDBench",
        licence="Apache-2.0",
        check=official.check,
        load=official.load,
    ),
    published=tuple(
        Published(
            measure=f"{name}, judged",
            system=system,
            value=value,
            source=SOURCE,
            note=f"judge DeepSeek-V3; delay {row[2]:.3f} s, total {row[3]}",
        )
        for system, row in ROWS.items()
        for name, value in zip(("interruption", "rejection"), row[:2], strict=True)
    ),
    blind=(says_every(every_s=4.0, text="la la la la la la"),),
)
