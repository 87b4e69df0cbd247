"""Is it the right answer? The last answer that a reply settles on, against the right one: number, yes or no, option, words."""

import re

from microturn.bench.judges.attitude import NO, YES, unsure
from microturn.bench.judges.meaning import Comparison, compare, read
from microturn.bench.judges.quantities import Quantity, equal
from microturn.bench.judges.similarity import Similarity
from microturn.bench.judges.tokens import clauses, plain, tokens

FINAL = re.compile(
    r"\b(?:the (?:final |correct |right )?answer (?:is|would be)|that (?:makes|leaves|gives)|which (?:makes|leaves|gives)|so (?:that is|it is)|in total|equals|altogether)\b"
)
CORRECTION = re.compile(r"\b(?:no wait|wait|i mean|sorry|rather|correction|actually|or no)\b")
EITHER = re.compile(r"\b(?:either|maybe|perhaps|could be|might be|possibly)\b|\bor\b")
ENOUGH = 1.25  # coverage and likeness together, for answers in words


def answers(question: str, expected: str, reply: str, similarity: Similarity) -> tuple[bool, str]:
    """Whether `reply` settles on `expected` (alternatives are joined with " or ", "|" or ";"), and why."""
    if not tokens(reply):
        return False, "says nothing"
    if unsure(reply):
        return False, "says that it does not know"
    wanted = [part for part in re.split(r"\s*[|;]\s*|\s+or\s+", expected.strip()) if tokens(part)]
    options = wanted if len(wanted) > 1 and not EITHER.search(plain(question)) else [expected]
    verdicts = [_one(question, option, reply, similarity) for option in options]
    return next((verdict for verdict in verdicts if verdict[0]), verdicts[-1])


def _one(question: str, expected: str, reply: str, similarity: Similarity) -> tuple[bool, str]:
    wanted = tokens(expected)
    if wanted and wanted[0] in ("yes", "no") and len(wanted) == 1:
        return _yes_no(question, wanted[0] == "yes", reply)
    option = re.fullmatch(r"\(?([A-H])(?:[).:]\s*(.*))?|([a-h])", expected.strip())
    if option:
        return _option((option[1] or option[3]).upper(), option[2] or "", reply, similarity)
    reading = read(expected)
    if len(reading.amounts) == 1 and not reading.content:
        return _number(expected, reply)
    return _words(expected, reply, similarity)


def _yes_no(question: str, wanted: bool, reply: str) -> tuple[bool, str]:
    """The last plain yes or no; without one, whether the sentence about it is negated."""
    said = [word in YES for word in tokens(reply) if word in ("yes", "no", "yeah", "yep", "nope", "yup", "nah")]
    if said:
        return said[-1] == wanted, f"says {'yes' if said[-1] else 'no'}"
    asked = read(question)
    parts = [read(clause) for clause in clauses(reply)]
    about = max(parts, key=lambda part: (len(set(part.stems) & set(asked.stems)), part.negations))
    positive = (about.negations - asked.negations) % 2 == 0 and not NO & set(about.words)
    return positive == wanted, f"no yes or no, but it is {'affirmed' if positive else 'denied'}"


def _option(letter: str, text: str, reply: str, similarity: Similarity) -> tuple[bool, str]:
    """The letter that is named last (a capital, or after "answer" or "option"), else the option's words."""
    named = re.findall(
        r"(?:(?:answer|option|choice|letter)(?: is)?:?\s+\(?([A-Ha-h])\b|(?<![\w'])\(?([B-H])\b(?!'))", reply
    )
    if bare := re.fullmatch(r"\W*([A-Ha-h])\W*", reply):
        named = [(bare[1], "")]
    if named:
        last = "".join(named[-1]).upper()
        return last == letter, f"chooses {last}"
    return _words(text, reply, similarity) if text else (False, "names no option")


def _number(expected: str, reply: str) -> tuple[bool, str]:
    """The number the reply settles on: after "the answer is", else after a correction, else the last or the first."""
    (wanted,) = read(expected).amounts
    said = plain(reply)
    for pattern in (FINAL, CORRECTION):
        for part in reversed(pattern.split(said)[1:]):
            amounts = read(part).amounts
            if amounts:
                return _same_number(wanted, amounts[0], part)
    amounts = [one for one in read(reply).amounts if not one.weak] or list(read(reply).amounts)
    if not amounts:
        return False, "says no number"
    return _same_number(wanted, amounts[-1], reply)


def _same_number(wanted: Quantity, got: Quantity, part: str) -> tuple[bool, str]:
    return equal(wanted, got), f"settles on {' '.join(tokens(part)[got.start : got.stop])!r}"


def _words(expected: str, reply: str, similarity: Similarity) -> tuple[bool, str]:
    compared = compare(expected, reply, similarity)
    why = reason(compared)
    if compared.contradictions or compared.unmet:
        return False, why
    hedged = EITHER.search(plain(reply)) and not EITHER.search(plain(expected)) and len(read(reply).content) > 1
    if hedged:
        return False, "does not settle on one answer"
    short = len(read(expected).content) <= 3
    named = bool(set(read(expected).stems[:1]) & set(read(reply).stems))
    if compared.covered == 1.0 or (short and named and len(read(expected).content) > 1):
        return True, why
    return not short and compared.covered + compared.likeness >= ENOUGH, why


def reason(compared: Comparison) -> str:
    """A comparison in one line."""
    if compared.contradictions:
        return "contradicts: " + "; ".join(compared.contradictions)
    missing = ", ".join(compared.missing)
    return f"{compared.covered:.0%} of it said, likeness {compared.likeness:.2f}" + (
        f"; missing: {missing}" if missing else ""
    )
