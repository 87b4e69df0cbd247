"""StreamingBench (arXiv 2411.03628): the letter of an answer, and the moment of an output of one's own accord.

Letters as VideoChat3 @189754e7 reads them, polling as in Tyronita/StreamingBench, the 2 s from the paper. The fault of
the official reading of letters: the article in "a red car" is an answer A; "fixed" takes a letter as the answer only if
it is a capital or stands alone.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.rules import Cases, Mode
from microturn.bench.rules.spans import timelens_case

WITHIN_S = 2.0
POLL_EVERY_S = 1
POLL_AFTER_S = 4  # the last poll is this long after the right moment
_STRIPPED = ';/[]"{}()=+\\_-><@`,?!'
_LETTER = re.compile(r"\b([A-E])\b", re.IGNORECASE)
_CAPITAL = re.compile(r"\b([A-E])\b(?!')")
_FULL_STOP = re.compile(r"\.(?!\d)")
_MOST_STOPS = 32  # full stops that are taken out; the rest stay


def option(text: str | None, *, mode: Mode = "official") -> str:
    """The letter that an answer names, or the cleaned answer where it names none ("official"; "fixed": "")."""
    stripped = (text or "").strip()
    if mode == "fixed":
        alone = re.fullmatch(r"\W*([A-Ea-e])\W*", stripped) or re.match(r"([A-Ea-e])[.):]", stripped)
        named = alone or _CAPITAL.search(stripped)
        return named[1].upper() if named else ""
    leading = re.match(r"([A-E])\.\s*.+$", stripped, re.IGNORECASE)
    if leading:
        return leading[1].upper()
    cleaned = _cleaned(stripped)
    found = _LETTER.search(cleaned)
    return found[1].upper() if found else cleaned


def _cleaned(text: str) -> str:
    """Lower case without punctuation: a mark beside a space goes, another becomes a space."""
    text = re.sub(r"[\n\t]", " ", text).strip()
    for mark in _STRIPPED:
        beside = f"{mark} " in text or f" {mark}" in text or re.search(r"\d,\d", text) is not None
        text = text.replace(mark, "" if beside else " ")
    return _FULL_STOP.sub("", text, count=_MOST_STOPS).strip("'").strip('"').strip(")").strip("(").strip().lower()


def poll_times(question: float, right: float) -> list[float]:
    """When a system that has to be asked is asked whether now is the right moment: every second from the question on."""
    times: list[float] = []
    while (at := question + POLL_EVERY_S * (len(times) + 1)) <= right + POLL_AFTER_S:
        times.append(at)
    return times


def in_time(said: float | None, right: float) -> bool:
    """Whether the output came within two seconds of the right moment, before or after."""
    return said is not None and abs(said - right) <= WITHIN_S


def _option_case(given: Mapping[str, Any]) -> str:
    return option(given["text"])


def _first_yes(polls: Sequence[float], yes_from: float | None) -> float | None:
    return next((at for at in polls if yes_from is not None and at >= yes_from), None)


def _polling_case(given: Mapping[str, Any]) -> dict[str, Any]:
    right = given["ground_truth_time"]
    polls = poll_times(given["question_time"], right)
    answered = _first_yes(polls, given.get("yes_at"))
    return {"poll_times": polls, "answered": answered, "correct_2s": in_time(answered, right)}


CASES: Cases = {
    "TimeLens span extraction": {
        "cases_timelens": timelens_case,
        "cases_streamingbench": _option_case,
        "cases_polling": _polling_case,
    }
}
