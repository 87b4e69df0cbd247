"""What two texts have in common and where they contradict each other: quantities, polarity, who does what, words, likeness.

A contradiction is a number, time or date that differs, an odd count of negations, opposites and exchanged roles, or a
different member of a set such as the colours. All are looked for in the clause of the reply that is about the same thing.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from microturn.bench.judges.opposites import IRREGULAR, exclusive, opposite, stem, synonym
from microturn.bench.judges.quantities import Quantity, alike, equal, quantities
from microturn.bench.judges.similarity import Similarity
from microturn.bench.judges.tokens import clauses, tokens
from microturn.data.lexicon import VERBS

EMPTY = frozenset(
    stem(word)
    for word in """a an the this that these those it its i me my you your he him his she her hers we us our they them their
    theirs who whom whose which what where when why how is am are was were be been being do does did doing done have has
    had having will would shall should can could may might must of to in on at for from by with as into onto than then
    there here and or but if so because while until also too very just only really quite please well now yes no not nor
    some any such own same about over up down out off again still even ever much more most oh okay ok right sure that
    let need please tell say call like get got one ones thing things time comes take place used held other another""".split()
)
NEGATORS = frozenset("not no never nobody none nothing nowhere neither nor without hardly".split())
TO_NEGATORS = frozenset(stem(word) for word in "forget fail refuse decline unable".split())
BE = frozenset("is are was were be been being got get".split())
SOFT = 0.8  # words whose embeddings are closer than this are taken for synonyms


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A text with what the comparison needs of it; `content` are (stem, place of its token)."""

    words: tuple[str, ...]
    amounts: tuple[Quantity, ...]
    content: tuple[tuple[str, int], ...]
    negations: int

    @property
    def stems(self) -> list[str]:
        return [one for one, _ in self.content]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`covered` is the share of what is expected (words and quantities) that the reply has, as said or as its opposite;
    `besides` counts the words that it has besides; `likeness` is in [0, 1]."""

    contradictions: tuple[str, ...]
    missing: tuple[str, ...]
    unmet: tuple[Quantity, ...]
    covered: float
    besides: int
    likeness: float


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The words, quantities, content stems and negations of a text."""
    words = tokens(text)
    amounts = quantities(words)
    taken = {place for one in amounts for place in range(one.start, one.stop)}
    denials = _denials(words)
    content = [
        (stem(w), i) for i, w in enumerate(words) if i not in taken and i not in denials and stem(w) not in EMPTY
    ]
    return Reading(words=words, amounts=tuple(amounts), content=tuple(content), negations=len(denials))


def _denials(words: Sequence[str]) -> list[int]:
    """The places of words that negate; "no one" is one of them, "forgot to" and "failed to" are as well."""
    pairs = enumerate(zip(words, (*words, "")[1:], strict=True))
    return [i for i, (a, b) in pairs if a in NEGATORS or (b == "to" and stem(a) in TO_NEGATORS)]


def compare(expected: str, reply: str, similarity: Similarity) -> Comparison:
    """What of `expected` the reply says, and in what it contradicts it."""
    wanted, got = read(expected), read(reply)
    alike_words = _alike_by(similarity)
    found = {one for one in wanted.stems if any(alike_words(one, other) for other in got.stems)}
    turned = {one for one in wanted.stems if any(opposite(one, stem(word)) for word in got.words)}
    missing = tuple(one for one in wanted.stems if one not in found)
    strong = [one for one in wanted.amounts if not one.weak or len(wanted.words) <= 2]
    unmet = tuple(one for one in strong if not any(equal(one, other) for other in got.amounts))
    total = len(wanted.stems) + len(strong)
    lacking = sum(one not in turned for one in missing) + len(unmet)
    besides = sum(not any(alike_words(one, other) for other in wanted.stems) for one in got.stems)
    covered = 1.0 - lacking / total if total else float(wanted.words == got.words)
    contradictions = [*_numbers(wanted, got, unmet), *_exclusions(missing, wanted, got), *_crossed(expected, reply)]
    if odd := _polarity(wanted, got, reply, missing):
        contradictions.append(odd)
    return Comparison(
        contradictions=tuple(contradictions),
        missing=missing,
        unmet=unmet,
        covered=covered,
        besides=besides,
        likeness=similarity.of(expected, reply) if reply.strip() else 0.0,
    )


def _alike_by(similarity: Similarity) -> Callable[[str, str], bool]:
    def alike_words(one: str, other: str) -> bool:
        if synonym(one, other):
            return True
        if similarity.name == "letters" or opposite(one, other) or exclusive(one, other):
            return False
        return similarity.of(one, other) >= SOFT

    return alike_words


def _numbers(wanted: Reading, got: Reading, unmet: Sequence[Quantity]) -> list[str]:
    free = [one for one in got.amounts if not one.weak and not any(equal(one, other) for other in wanted.amounts)]
    return [
        f"{_words(wanted, one)!r} is not {_words(got, other)!r}"
        for one in unmet
        for other in [next((other for other in free if alike(one, other)), None)]
        if other is not None
    ]


def _words(reading: Reading, one: Quantity) -> str:
    return " ".join(reading.words[one.start : one.stop])


def _exclusions(missing: Sequence[str], wanted: Reading, got: Reading) -> list[str]:
    new = [one for one in got.stems if one not in wanted.stems]
    return [f"{one!r} is not {other!r}" for one in missing for other in new if exclusive(one, other)]


def _polarity(wanted: Reading, got: Reading, reply: str, missing: Sequence[str]) -> str | None:
    """Why the reply says the opposite, if negations, opposites and exchanged roles add up to an odd number."""
    about = _about(wanted, reply)
    flip = _flip(wanted, about, missing)
    swapped = _swapped(wanted, got) if not missing or flip else False
    parts = {
        "negated": (wanted.negations + about.negations) % 2 == 1,
        f"opposites {flip}": flip is not None,
        "roles exchanged": swapped,
    }
    odd = [name for name, holds in parts.items() if holds]
    return ", ".join(odd) if len(odd) % 2 else None


def _about(wanted: Reading, reply: str) -> Reading:
    """The clause of the reply that has most of what is expected, the last of several."""
    readings = [read(clause) for clause in clauses(reply)] or [read(reply)]

    def shared(one: Reading) -> int:
        words = sum(any(a == b or opposite(a, b) or synonym(a, b) for b in wanted.stems) for a in one.stems)
        return words + sum(any(equal(a, b) for b in wanted.amounts) for a in one.amounts)

    best = max(map(shared, readings))
    return [one for one in readings if shared(one) == best][-1]


def _flip(wanted: Reading, about: Reading, missing: Sequence[str]) -> str | None:
    """Opposites: a word that is expected and not there, and its opposite that is there instead."""
    ours, theirs = ([stem(word) for word in reading.words] for reading in (wanted, about))
    for one in ours:
        for other in theirs:
            if opposite(one, other) and one not in theirs and (one in missing or other not in ours):
                return f"{one!r} and {other!r}"
    return None


def _swapped(wanted: Reading, got: Reading) -> bool:
    """Whether subject and object have changed places around the same verb (a passive changes them back)."""
    first, second = _roles(wanted), _roles(got)
    if first is None or second is None:
        return False
    return synonym(first[0], second[1]) and synonym(first[1], second[0])


def _roles(reading: Reading) -> tuple[str, str] | None:
    """The last content word before the first verb and the last after it, as who does it and to whom."""
    stems = reading.content
    for rank, (one, place) in enumerate(stems):
        if 0 < rank < len(stems) - 1 and is_verb(one, reading.words[place]):
            before, after = stems[0][0], stems[-1][0]
            passive = reading.words[place - 1] in BE and "by" in reading.words[place:]
            return (after, before) if passive else (before, after)
    return None


def is_verb(one: str, word: str) -> bool:
    """Whether a word looks like a verb that was done to something."""
    return word.endswith(("ed", "ing")) or (word in IRREGULAR and IRREGULAR[word] != word) or one in _verbs()


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    return frozenset(stem(verb) for verb in VERBS) | {"lend", "borrow", "chas", "hit"}


def _crossed(expected: str, reply: str) -> list[str]:
    """Parts of a list that were mixed up: "rain in the morning, sun in the afternoon" the other way round."""
    ours, theirs = _parts(expected), _parts(reply)
    if len(ours) < 2 or len(theirs) < 2 or any(len(part) < 2 for part in ours):
        return []
    for part in ours:
        others = set[str]().union(*(other for other in ours if other is not part)) - part
        whole = any(len(part & other) > 1 for other in theirs)
        mixed = [other for other in theirs if part & other and others & other]
        if not whole and len(mixed) > 1 and all(any(one in other for other in theirs) for one in part):
            return [f"{' and '.join(sorted(part))} do not go together"]
    return []


def _parts(text: str) -> list[frozenset[str]]:
    pieces = [piece for clause in clauses(text) for piece in clause.split(" and ")]
    return [frozenset(read(piece).stems) for piece in pieces if read(piece).stems]
