"""The 25 kinds of instruction of IFEval (arXiv 2311.07911, section 2.1 and table 1), each as a check of one reply.

A check takes the reply, the instruction's arguments by their official names, and the mode; KeyError where an argument that
it needs is missing (the official code draws one at random). "official" has these faults, "fixed" does not:
- a keyword is a pattern anywhere in a word ("cat" is in "concatenate", "c++" breaks); fixed: the word itself;
- a reply in which no language can be told counts as being in the one that was asked for;
- one of the three answers "My answer is yes.", ... anywhere will do, all three together as well; fixed: just one of them.
Differences from the official code that remain: the language is told by `ifeval_language`, sentences and words by rules of
ours, where the official code has statistical packages.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from microturn.bench.rules import Mode
from microturn.bench.rules.ifeval_language import language_of

Args = Mapping[str, Any]
Check = Callable[[str, Args, Mode], bool]
ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr inc ltd co corp vs etc e.g i.e a.m p.m u.s u.k no vol fig dept approx gen sen rep".split()  # noqa: SIM905
)
_JOINED = frozenset({"cannot", "gonna", "gotta", "gimme", "lemme", "wanna"})  # two words, the first of three letters
_CONTRACTED = re.compile(r"(?i)(?<=\w)(n't|'(?:s|re|ve|ll|d|m))$")


def _compared(count: int, args: Args, threshold: str, relation: str) -> bool:
    """Counts are asked for as "at least" or "less than"."""
    if args[relation] not in ("at least", "less than"):
        raise ValueError(f'a relation is "at least" or "less than", got {args[relation]!r}')
    return count >= args[threshold] if args[relation] == "at least" else count < args[threshold]


def _found(word: str, reply: str, mode: Mode) -> list[str]:
    pattern = word if mode == "official" else rf"(?<!\w){re.escape(word)}(?!\w)"
    return [found[0] for found in re.finditer(pattern, reply, re.IGNORECASE)]


# Keywords.


def existence(reply: str, args: Args, mode: Mode) -> bool:
    """Every one of `keywords` is there."""
    return all(_found(word, reply, mode) for word in args["keywords"])


def frequency(reply: str, args: Args, mode: Mode) -> bool:
    """`keyword` is there `frequency` times or more ("at least"), or fewer ("less than")."""
    return _compared(len(_found(args["keyword"], reply, mode)), args, "frequency", "relation")


def forbidden(reply: str, args: Args, mode: Mode) -> bool:
    """None of `forbidden_words` is there as a word."""
    words = [word if mode == "official" else re.escape(word) for word in args["forbidden_words"]]
    return not any(re.search(rf"\b{word}\b", reply, re.IGNORECASE) for word in words)


def letter_frequency(reply: str, args: Args, mode: Mode) -> bool:
    """`letter`, small or capital, is there `let_frequency` times."""
    del mode
    return _compared(reply.lower().count(args["letter"].lower()), args, "let_frequency", "let_relation")


# Language and case.


def response_language(reply: str, args: Args, mode: Mode) -> bool:
    """The reply is in `language`, by its two letters."""
    return _in_language(reply, args["language"], mode)


def _in_language(reply: str, language: str, mode: Mode) -> bool:
    told = language_of(reply)
    return mode == "official" if told is None else told == language


def capitals(reply: str, args: Args, mode: Mode) -> bool:
    """English, and no small letter."""
    del args
    return reply.isupper() and _in_language(reply, "en", mode)


def lowercase(reply: str, args: Args, mode: Mode) -> bool:
    """English, and no capital."""
    del args
    return reply.islower() and _in_language(reply, "en", mode)


def capital_words(reply: str, args: Args, mode: Mode) -> bool:
    """Words all in capitals: `capital_frequency` of them."""
    del mode
    count = sum(token.isupper() for token in tokens(reply))
    return _compared(count, args, "capital_frequency", "capital_relation")


def tokens(text: str) -> list[str]:
    """Words as a treebank has them: outer punctuation apart, "don't" and "cannot" in two."""
    found: list[str] = []
    for word in re.findall(r"[^\s\"“”()\[\]{}<>,;:!?*&#@$%]+", text):
        plain = word if re.fullmatch(r"(?:\w\.){2,}", word) else word.strip(".'`’")
        parts = [part for part in _CONTRACTED.split(plain) if part]
        if plain.lower() in _JOINED:
            parts = [plain[:3], plain[3:]]
        found += [part for piece in parts for part in re.split(r"--+|…|\.{2,}", piece) if part]
    return found


# Length.


def sentence_count(reply: str, args: Args, mode: Mode) -> bool:
    """`num_sentences` sentences."""
    del mode
    return _compared(len(sentences(reply)), args, "num_sentences", "relation")


def sentences(text: str) -> list[str]:
    """A text's sentences: they end in a stop, a question or an exclamation mark before a space, not in an abbreviation."""
    found: list[str] = []
    begun = 0
    for end in re.finditer(r"[.!?]+[\"'”’)\]*]*(?=\s|$)", text):
        before = re.search(r"(\S*)$", text[begun : end.start()])
        word = before[1].lower().lstrip("\"'(“") if before else ""
        initial = len(word) == 1 and word.isalpha() and word != "i" and before is not None and before[1].isupper()
        if end[0] == "." and (word in _ABBREVIATIONS or initial) and text[end.end() :].strip():
            continue
        found.append(text[begun : end.end()].strip())
        begun = end.end()
    return [one for one in (*found, text[begun:].strip()) if one]


def word_count(reply: str, args: Args, mode: Mode) -> bool:
    """`num_words` words: runs of letters and digits."""
    del mode
    return _compared(len(re.findall(r"\w+", reply)), args, "num_words", "relation")


def paragraph_count(reply: str, args: Args, mode: Mode) -> bool:
    """Exactly `num_paragraphs` paragraphs between lines of three asterisks, none of them empty."""
    del mode
    parts = re.split(r"\s?\*\*\*\s?", reply)
    full = [bool(part.strip()) for part in parts]
    return all(full[1:-1]) and sum(full) == args["num_paragraphs"]


def paragraph_word(reply: str, args: Args, mode: Mode) -> bool:
    """Exactly `num_paragraphs` paragraphs between empty lines, of which the `nth_paragraph`-th begins with `first_word`."""
    del mode
    parts = re.split(r"\n\n", reply)
    count, nth = sum(bool(part.strip()) for part in parts), args["nth_paragraph"]
    if not 0 < nth <= count or not parts[nth - 1].strip():
        return False
    begun = parts[nth - 1].split()[0].lstrip("'").lstrip('"')
    word = re.split(r"[.,?!'\"]", begun)[0]
    return count == args["num_paragraphs"] and word.lower() == args["first_word"].lower()


# What is in it, and its form.


def placeholders(reply: str, args: Args, mode: Mode) -> bool:
    """At least `num_placeholders` blanks in square brackets."""
    del mode
    return len(re.findall(r"\[.*?\]", reply)) >= args["num_placeholders"]


def postscript(reply: str, args: Args, mode: Mode) -> bool:
    """A postscript that begins with `postscript_marker`, "P.S." or "P.P.S" among others."""
    del mode
    marker: str = args["postscript_marker"]
    known = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    return re.search(known.get(marker, marker.lower()), reply.lower()) is not None


def bullets(reply: str, args: Args, mode: Mode) -> bool:
    """Exactly `num_bullets` lines that begin with an asterisk or a dash."""
    del mode
    stars = re.findall(r"^\s*\*[^\*].*$", reply, re.MULTILINE)
    return len(stars) + len(re.findall(r"^\s*-.*$", reply, re.MULTILINE)) == args["num_bullets"]


def constrained(reply: str, args: Args, mode: Mode) -> bool:
    """One of `ANSWERS`."""
    del args
    given = [answer for answer in ANSWERS if answer in reply.strip()]
    return bool(given) if mode == "official" else len(given) == 1


def highlights(reply: str, args: Args, mode: Mode) -> bool:
    """At least `num_highlights` stretches between asterisks, or between pairs of them."""
    del mode
    single = [one.strip("*") for one in re.findall(r"\*[^\n\*]*\*", reply)]
    double = [one[2:-2] for one in re.findall(r"\*\*[^\n\*]*\*\*", reply)]
    return sum(bool(one.strip()) for one in (*single, *double)) >= args["num_highlights"]


def sections(reply: str, args: Args, mode: Mode) -> bool:
    """At least `num_sections` headings: `section_spliter` and a number."""
    splitter = args["section_spliter"] if mode == "official" else re.escape(args["section_spliter"])
    return len(re.findall(rf"\s?{splitter}\s?\d+\s?", reply)) >= args["num_sections"]


def as_json(reply: str, args: Args, mode: Mode) -> bool:
    """JSON, in a fence of code or without."""
    del args, mode
    text = reply.strip()
    for fence in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except ValueError:
        return False
    return True


def title(reply: str, args: Args, mode: Mode) -> bool:
    """A title between double angle brackets."""
    del args, mode
    return any(one.lstrip("<").rstrip(">").strip() for one in re.findall(r"<<[^\n]+>>", reply))


def two_responses(reply: str, args: Args, mode: Mode) -> bool:
    """Two different answers with six asterisks between them."""
    del args, mode
    parts = [part.strip() for part in reply.split("******")]
    full = [part for part in parts if part]
    return all(parts[1:-1]) and len(full) == 2 and full[0] != full[1]


def repeat_prompt(reply: str, args: Args, mode: Mode) -> bool:
    """The reply begins with `prompt_to_repeat`, whatever the case."""
    del mode
    return reply.strip().lower().startswith(args["prompt_to_repeat"].strip().lower())


def end_phrase(reply: str, args: Args, mode: Mode) -> bool:
    """The reply ends with `end_phrase`, before quotes, whatever the case."""
    del mode
    return reply.strip().strip('"').lower().endswith(args["end_phrase"].strip().lower())


def quotation(reply: str, args: Args, mode: Mode) -> bool:
    """The whole reply in double quotes."""
    del args, mode
    text = reply.strip()
    return len(text) > 1 and text[0] == text[-1] == '"'


def no_comma(reply: str, args: Args, mode: Mode) -> bool:
    """No comma."""
    del args, mode
    return "," not in reply


CHECKS: Mapping[str, Check] = {
    "keywords:existence": existence,
    "keywords:frequency": frequency,
    "keywords:forbidden_words": forbidden,
    "keywords:letter_frequency": letter_frequency,
    "language:response_language": response_language,
    "length_constraints:number_sentences": sentence_count,
    "length_constraints:number_paragraphs": paragraph_count,
    "length_constraints:number_words": word_count,
    "length_constraints:nth_paragraph_first_word": paragraph_word,
    "detectable_content:number_placeholders": placeholders,
    "detectable_content:postscript": postscript,
    "detectable_format:number_bullet_lists": bullets,
    "detectable_format:constrained_response": constrained,
    "detectable_format:number_highlighted_sections": highlights,
    "detectable_format:multiple_sections": sections,
    "detectable_format:json_format": as_json,
    "detectable_format:title": title,
    "combination:two_responses": two_responses,
    "combination:repeat_prompt": repeat_prompt,
    "startend:end_checker": end_phrase,
    "startend:quotation": quotation,
    "change_case:capital_word_frequency": capital_words,
    "change_case:english_capital": capitals,
    "change_case:english_lowercase": lowercase,
    "punctuation:no_comma": no_comma,
}
