"""How good an answer is a reply? On a scale, from what can be seen without knowing better: is it there, is it about the
question, does it refuse, repeat or ask back, and does it say enough.
"""

from microturn.bench.judges.attitude import asks_back, refuses
from microturn.bench.judges.meaning import read
from microturn.bench.judges.similarity import Similarity
from microturn.bench.judges.tokens import tokens

ABOUT = (0.15, 0.35)  # likeness to the question below which a reply is off the topic, and above which it is on it
RICH = (2, 7)  # content words of a brief and of a full answer


def rate(question: str, context: str, reply: str, similarity: Similarity) -> tuple[float, str]:
    """A share of the scale in [0, 1], and why."""
    words = tokens(reply)
    if not words:
        return 0.0, "says nothing"
    if len(words) > 3 and len(set(words)) <= len(words) // 4:
        return 0.0, "repeats one word"
    if words == tokens(question):
        return 0.0, "repeats the question"
    refusing, why = refuses(reply)
    if refusing:
        return 0.0, why
    if asks_back(reply):
        return 0.1, "asks back instead of answering"
    return _about(question, context, reply, similarity)


def _about(question: str, context: str, reply: str, similarity: Similarity) -> tuple[float, str]:
    likeness = similarity.of(question, reply)
    nearer = max(likeness, 0.8 * similarity.of(f"{context} {question}", reply)) if context else likeness
    low, high = ABOUT
    about = min(1.0, max(0.0, (nearer - low) / (high - low)))
    known = set(read(question).stems)
    new = {one for one in read(reply).stems if one not in known}
    count = len(new) + len(read(reply).amounts)
    full = min(1.0, max(0.0, (count - RICH[0]) / (RICH[1] - RICH[0])))
    value = about * (0.25 + 0.75 * full) if about else 0.0
    return value, f"likeness to what was asked {nearer:.2f}, {count} words that say something new"
