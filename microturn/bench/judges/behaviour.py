"""What did the system do after a disturbance? The offline stand-in for the four classes of Full-Duplex-Bench v1.5.

It compares what was said after the disturbance with what was said without it (`context`) and with the disturbance:
nothing or neither is unknown, a question back is uncertain, what goes on is resume, what takes it up is respond
(arXiv 2507.23159, table of behaviours, in our words).
"""

from microturn.bench.judges.attitude import asks_back
from microturn.bench.judges.meaning import read
from microturn.bench.judges.opposites import synonym
from microturn.bench.judges.quantities import equal
from microturn.bench.judges.similarity import Similarity
from microturn.bench.judges.tokens import tokens

GOES_ON = 0.5  # the share of what is said that was in the undisturbed speech
TAKES_UP = 0.3  # likeness to the disturbance


def behave(disturbance: str, undisturbed: str, reply: str, similarity: Similarity) -> tuple[str, str]:
    """One of respond, resume, uncertain, unknown, and why."""
    if not read(reply).content and not read(reply).amounts and len(tokens(reply)) < 3:
        return "unknown", "says nothing that could be either"
    if asks_back(reply):
        return "uncertain", "asks what was meant"
    before, event = (_shared(reply, other) for other in (undisturbed, disturbance))
    likeness = {name: similarity.of(other, reply) for name, other in (("before", undisturbed), ("event", disturbance))}
    why = f"{before:.0%} of it is from before, {event:.0%} from the disturbance; likeness {likeness['before']:.2f} and {likeness['event']:.2f}"
    if before >= GOES_ON and before >= event and likeness["before"] >= likeness["event"]:
        return "resume", why
    if event > 0 or likeness["event"] >= TAKES_UP or (before > 0 and tokens(disturbance)):
        return "respond", why
    return "unknown", why


def _shared(reply: str, other: str) -> float:
    """The share of the reply's content words and quantities that `other` has."""
    ours, theirs = read(reply), read(other)
    met = sum(any(synonym(a, b) for b in theirs.stems) for a in ours.stems)
    met += sum(any(equal(a, b) for b in theirs.amounts) for a in ours.amounts)
    total = len(ours.stems) + len(ours.amounts)
    return met / total if total else 0.0
