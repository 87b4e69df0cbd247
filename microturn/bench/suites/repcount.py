"""RepCount-A, counted aloud while it happens (arXiv 2204.01018; streaming rule of *Interaction Models*)."""

from microturn.bench.constant import Constant
from microturn.bench.loaders import repcount as loader
from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scenarios.foresight import foreseen
from microturn.bench.scorers.count import score_count, score_count_exact
from microturn.bench.scorers.repetitions import score_error, score_event_lag, score_events, score_official_error
from microturn.bench.task import Measure, Official, Published, Task

TML = "thinkingmachines.ai/blog/interaction-models, 11 May 2026"
OWN = "constant predictor, computed on the open-set annotations of TransRAC @68bdd4da"
README = "TransRAC README, video to count, not streamed"
SUITE = 30
MAKE = scenarios(SUITE, ("jumps", "repetitions"), films.seen, describe=films.repetitions, suits=films.short)

TASK = Task(
    name="repcount",
    summary="counts repetitions aloud while it sees them (RepCount-A, streaming rule)",
    scenarios=foreseen(MAKE, films.rep_ends_ms),
    n=10,
    measures=(
        Measure(name="off by one", scorer=score_count),
        Measure(name="exact", scorer=score_count_exact),
        Measure(name="error", scorer=score_error, unit="per rep", better="low"),
        Measure(name="error, official (+0.1)", scorer=score_official_error, unit="per rep", better="low"),
        Measure(name="repetitions counted within 1 s, F1", scorer=score_events),
        Measure(name="lag", scorer=score_event_lag, unit="s", better="low"),
    ),
    official=Official(
        title="RepCount-A",
        paper="arXiv 2204.01018",
        home="svip-lab.github.io/dataset/RepCount_dataset.html",
        licence="repository Apache-2.0; the videos are YouTube's, under their own terms",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        Published(measure="off by one", system="TML-Interaction-Small", value=35.4, source=TML, note="split not said"),
        Published(measure="off by one", system="GPT-Realtime-2 minimal", value=1.3, source=TML, note="split not said"),
        Published(measure="off by one", system="TransRAC", value=29.0, source=README, note="offline"),
        Published(measure="error, official (+0.1)", system="TransRAC", value=0.44, source=README, note="offline"),
        Published(measure="off by one", system="constant 4 (blind)", value=29.6, source=OWN, note="test, 250"),
        Published(measure="off by one", system="constant 4 (blind), valid", value=47.7, source=OWN, note="128"),
        Published(measure="off by one", system="constant 5 (blind), train", value=17.2, source=OWN, note="646"),
        Published(measure="error, official (+0.1)", system="constant 4 (blind)", value=0.609, source=OWN, note="test"),
    ),
    blind=(Constant(name="constant 4", says=lambda s: [(films.last_word_ms(s), "four")]),),
)
