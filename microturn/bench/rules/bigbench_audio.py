"""BigBench Audio (HF ArtificialAnalysis/big_bench_audio): the answer that a spoken or written reply ends on.

Its four categories have answers of three forms: valid or invalid, yes or no, a whole number (in digits or in words). The
reply's answer is the one after the last "answer is" (or "answer:"), or else the last word of that form. The benchmark has
a language model judge; this rule is the offline stand-in, and a score by it is to be labelled so.
"""

import re

from microturn.features.numbers import TEENS, TENS, UNITS

VALID, YES_NO, NUMBER = "valid or invalid", "yes or no", "a number"
CATEGORIES = {
    "formal_fallacies": VALID,
    "navigate": YES_NO,
    "object_counting": NUMBER,
    "web_of_lies": YES_NO,
}
_OPPOSITE = {"valid": "invalid", "invalid": "valid", "yes": "no", "no": "yes"}
_SMALL = {word: value for value, word in enumerate((*UNITS, *TEENS))} | {
    word: 10 * (place + 2) for place, word in enumerate(TENS)
}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_CUE = re.compile(r"\banswer(?:\s+(?:is|would be|should be)\b|\s*:)")


def category_of(name: str) -> str:
    """One of `CATEGORIES` by its name with spaces, dashes or capitals ("Web of Lies"). ValueError for another."""
    plain = re.sub(r"[\s-]+", "_", name.strip().lower())
    if plain not in CATEGORIES:
        raise ValueError(f"BigBench Audio has no category {name!r}; it has {', '.join(CATEGORIES)}")
    return plain


def final_answer(reply: str, form: str) -> str | None:
    """The answer that a reply gives in one of the three forms: "valid", "no", "12"; None where it gives none."""
    text = reply.lower().replace("’", "'")
    cues = list(_CUE.finditer(text))
    after = _answers(text[cues[-1].end() :], form) if cues else []
    if after:
        return after[0]
    found = _answers(text, form)
    return found[-1] if found else None


def correct(reply: str, answer: str, category: str) -> bool:
    """Whether a reply ends on the official answer of a category. ValueError where that is not of the category's form."""
    form = CATEGORIES[category_of(category)]
    wanted = final_answer(answer, form)
    if wanted is None:
        raise ValueError(f"the answer {answer!r} of {category} is not {form}")
    return final_answer(reply, form) == wanted


def _answers(text: str, form: str) -> list[str]:
    """Every answer of a form in a text, in order."""
    if form == NUMBER:
        return [str(number) for number in whole_numbers(text)]
    if form == YES_NO:
        return re.findall(r"\b(yes|no)\b", text)
    found = re.findall(r"\b(not(?:\s+(?:a|deductively|logically|strictly))*\s+|isn't\s+)?(valid|invalid)\b", text)
    return [_OPPOSITE[word] if denied else word for denied, word in found]


def whole_numbers(text: str) -> list[int]:
    """The whole numbers of a text in order, in digits or words: "21", "1,024", "twenty-one", "a hundred and five"."""
    found: list[int] = []
    run: list[str] = []
    for token in [*re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+|[^\sa-z\d-]", text.lower()), "."]:
        if token in _SMALL or token in _LARGE or (token == "and" and run and run[-1] in _LARGE):
            if run and not _continues(run[-1], token):
                found += _value(run)
                run = []
            run.append(token)
            continue
        found += _value(run)
        run = []
        if re.fullmatch(r"\d[\d,]*", token):
            found.append(int(token.replace(",", "")))
    return found


def _continues(before: str, token: str) -> bool:
    """Whether a word belongs to the same number: "twenty one" and "two hundred" do, "two three" does not."""
    if token in _LARGE or token == "and" or before in _LARGE or before == "and":
        return True
    return _SMALL[before] >= 20 and 0 < _SMALL[token] < 10


def _value(run: list[str]) -> list[int]:
    words = [word for word in run if word != "and"]
    total = part = 0
    for word in words:
        if word in _SMALL:
            part += _SMALL[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        else:
            total, part = total + max(part, 1) * _LARGE[word], 0
    return [total + part] if words else []
