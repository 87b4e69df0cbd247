"""What found text says: the sentence that answers a question, or none; and the numbers in it, for a chart.

A sentence answers when it has every telling word of the question - as it is, in another form, or but one letter away, as a
mishearing is - and what is asked for: a price for "how much", a time for "when". It is a rule that rather finds nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from microturn.features.numbers import TEENS, TENS, UNITS

NUMBER = rf"(?:\d|\b(?:{'|'.join((*UNITS[1:], *TEENS, *TENS))})\b|\bhundred\b)"
MOMENT = rf"(?:{NUMBER}|day\b|noon|midnight|morning|evening|summer|winter|spring|autumn|january|february|march|april|may|june|july|august|september|october|november|december)"
MONEY = rf"(?:{NUMBER}.*\b(?:dollar|euro|pound|cent)|[$€£]\s?\d|\b(?:dollar|euro|pound|price)s?\b.*{NUMBER})"
ASKED = {  # words of a question that need not be in the answer, and what must be there for them
    **dict.fromkeys(("price", "prize", "cost", "costs", "pay", "much", "expensive", "cheap"), MONEY),
    **dict.fromkeys(("old", "age"), rf"{NUMBER}.*\b(?:years?|months?)\b|\bborn\b"),
    **dict.fromkeys(("tall", "high", "height"), rf"{NUMBER}.*\b(?:tall|high|height|m\b|met)"),
    **dict.fromkeys(("heavy", "weigh", "weight"), rf"{NUMBER}.*\b(?:kg|g\b|kilo|gram|pound|ton)|\bweigh.*{NUMBER}"),
    **dict.fromkeys(("many", "number"), NUMBER),
    **dict.fromkeys(
        ("long", "takes", "take"), rf"{NUMBER}.*\b(?:second|minute|hour|day|week|month|year|m\b|met|km|kilomet|cm)"
    ),
    **dict.fromkeys(("called", "name"), r"\w"),
    **dict.fromkeys(("date", "time", "hour"), MOMENT),
}
WHEN = re.compile(r"\bwhen\b|\bwhat (?:time|day|date)\b|\bon which day\b")
LIGHT = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "please",
        "tell",
        "that",
        "the",
        "their",
        "there",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "am",
        "been",
        "into",
        "find",
        "out",
        "look",
        "tell",
        "say",
        "says",
        "know",
        "need",
        "needs",
        "go",
        "goes",
        "get",
        "got",
        "have",
        "has",
        "had",
        "did",
        "does",
        "buy",
        "there",
        "here",
        "please",
        "show",
        "me",
        "about",
        "let",
        "us",
        "see",
        "give",
        "because",
        "also",
        "just",
        "one",
        "thing",
        "things",
        "information",
        "according",
        "write",
        "wrote",
        "written",
        "documents",
        "document",
        "now",
        "today",
        "tonight",
        "uh",
        "um",
    ]
)
POINTS_BACK = re.compile(r"(?:his|her|its|their|he|she|it|they|this)\b", re.IGNORECASE)
HEADING = re.compile(r"^#+ ")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A sentence that answers a question, and the share of the question's telling words that it has as they are."""

    sentence: str
    exact: float


def sentences(text: str) -> list[tuple[str, str]]:
    """Each sentence, line or row of a text with what it may refer to: the heading over it, or the sentence before."""
    if rows := _rows(text):
        return [(_row(rows[0], row), "") for row in rows[1:]]
    out: list[tuple[str, str]] = []
    heading = before = ""
    for line in text.splitlines():
        line = line.strip()
        if HEADING.match(line):
            heading, before = line.lstrip("# "), ""
            continue
        if not line:
            before = ""
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            context = before if POINTS_BACK.match(sentence) else ""
            out.append((sentence, f"{heading} {context}".strip()))
            before = f"{context} {sentence}".strip()
    return out


def answer(question: str, text: str) -> Answer | None:
    """The sentence of `text` that answers; None when none does."""
    words = telling_words(question)
    wanted = [word for word in words if word not in ASKED]
    evidence = [ASKED[word] for word in words if word in ASKED] + ([MOMENT] if WHEN.search(question) else [])
    best: Answer | None = None
    for sentence, context in sentences(text):
        share = _share(wanted, sentence, context)
        fits = all(re.search(pattern, sentence.lower()) for pattern in evidence)
        if share and fits and (best is None or share > best.exact):
            best = Answer(sentence=sentence, exact=share)
    return best if wanted else None


def telling_words(question: str) -> list[str]:
    """The words of a question that an answer should have, or show evidence of, in order, each once."""
    return list(dict.fromkeys(word for word in re.findall(r"\w+", question.lower()) if word not in LIGHT))


def _share(wanted: list[str], sentence: str, context: str) -> float:
    """How well a sentence has the wanted words; 0 when one is missing, or more than one is but alike."""
    own = set(re.findall(r"\w+", sentence.lower()))
    near = own | set(re.findall(r"\w+", context.lower()))
    fit, alike = 0.0, 0
    for word in wanted:
        if any(same(word, other) for other in own):
            fit += 1.0
        elif any(same(word, other) for other in near):
            fit += 0.8
        elif any(sounds_like(word, other) for other in near):
            fit, alike = fit + 0.5, alike + 1
        else:
            return 0.0
    return fit / len(wanted) if wanted and alike <= len(wanted) // 2 else 0.0


def covers(wanted: Sequence[str], passage: str) -> bool:
    """Whether a passage has most of the words."""
    return shared(wanted, passage) * 2 > len(wanted)


def shared(wanted: Sequence[str], passage: str) -> int:
    """How many of the words a passage has, in any form."""
    words = set(re.findall(r"[^\W_]+", passage.lower()))
    return sum(any(same(word, other) or sounds_like(word, other) for other in words) for word in wanted)


def same(word: str, other: str) -> bool:
    """Whether two words are forms of one: "opens" and "opened", "libraries" and "library"."""
    if word == other:
        return True
    stem, longer = _stem(word), _stem(other)
    return len(stem) >= 3 and len(longer) >= 3 and stem == longer


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word


def sounds_like(word: str, other: str) -> bool:
    """Whether a longer word is but one letter away from another, or has the same consonants: "sails" and "sales"."""
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 1 or word == other:
        return False
    if word[0] == other[0] and len(_frame(word)) > 2 and _frame(word) == _frame(other):
        return True
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return word[at + 1 :] == other[at + 1 :] or word[at:] == other[at + 1 :] or word[at + 1 :] == other[at:]


def _frame(word: str) -> str:
    """The consonants."""
    return re.sub(r"[aeiouy]", "", word)


PAIR = re.compile(r"([^\W\d_]+)\s*[,:;=|]?\s*(-?\d+(?:\.\d+)?)(?![\w:])")


def points(text: str) -> list[tuple[str, float]]:
    """Labels with numbers: rows of a table whose last column is a number, or words each followed by one; at least two."""
    found = [(row[0], float(row[-1])) for row in _rows(text)[1:]] or [
        (match[1], float(match[2])) for match in PAIR.finditer(text)
    ]
    return found if len(found) > 1 else []


def _rows(text: str) -> list[list[str]]:
    """A table with commas whose last column has numbers, with its first row (names); one in a single line, too. None: []."""
    lines = text.strip().splitlines()
    for pieces in (lines, lines[1:], text.split()):
        rows = [[cell.strip() for cell in piece.split(",")] for piece in pieces]
        numbers = [row for row in rows if len(row) > 1 and row[0] and not _is_number(row[0]) and _is_number(row[-1])]
        if len(numbers) > 1 and len({len(row) for row in numbers}) == 1 and len(numbers) >= len(rows) - 6:
            names = next((row for row in rows if len(row) == len(numbers[0]) and not _is_number(row[-1])), [""])
            return [names, *numbers]
    return []


def _row(names: list[str], row: list[str]) -> str:
    """ "lamp shop 24 dollars", for a row under (thing, place, dollars)."""
    return f"{' '.join(row)} {names[-1]}".strip()


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.\d+)?", cell))
