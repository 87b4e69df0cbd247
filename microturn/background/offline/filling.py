"""Tools that nobody wrote rules for: which one a request means, by the words it says of itself, and its arguments, by its schema.

An argument is found by what its schema says: one of its allowed values, a number, what stands behind a word like "from", "to",
"at". What is said later holds: in "to paris no i mean to rome" it is rome. Nothing here knows any particular tool.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from microturn.background.offline.passages import LIGHT, same
from microturn.background.offline.quantities import NUMBER_WORDS, plain_words, with_digits
from microturn.background.tools.tool import Tool

JSON = Mapping[str, Any]
MENDS = re.compile(
    r"\b(?:no wait|no i mean|i mean|no sorry|sorry|no actually|actually|or rather|rather|make that|scratch that|wait|no)\b"
)
CLAUSES = re.compile(r"\b(?:and then|and also|then|and)\b")
DAYS = "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight weekend".split()  # noqa: SIM905
BEHIND = (  # words of an argument's name or description, and the words that its value may stand behind
    (("from", "origin", "start", "source", "base", "pick", "departure"), ("from",)),
    (("to", "destination", "target", "goes", "end", "arrival", "into"), ("to", "into")),
    (("time", "hour", "clock"), ("at", "around")),
    (("near", "around", "close", "beside"), ("near", "around", "by", "at", "in")),
    (
        ("city", "town", "place", "where", "location", "area", "shop", "restaurant", "store", "hotel"),
        ("in", "at", "near"),
    ),
    (("text", "message", "body", "content", "said"), ("that", "saying")),
    (("artist", "author", "singer", "sings", "writer"), ("by",)),
    (("ingredient", "made", "with"), ("with", "from", "of", "for")),
    (
        ("person", "recipient", "gets", "who", "passenger", "name", "customer", "whom"),
        ("for", "to", "tell", "text", "write to"),
    ),
    (("label", "reason", "purpose", "what"), ("for",)),
)
CUES = (
    "from",
    "to",
    "into",
    "at",
    "near",
    "around",
    "in",
    "on",
    "for",
    "by",
    "with",
    "that",
    "saying",
    "of",
    "under",
    "tell",
    "text",
    "until",
)
TIMELY = re.compile(rf"^(?:\d|(?:{'|'.join(NUMBER_WORDS)}|noon|midnight|morning|lunch|evening)\b)")
ARTICLES = {"the", "a", "an", "please", "uh", "um", "my", "some", "now"}
SURE = 0.16  # the least share of a request's telling words that a tool has to have


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well a tool's own words cover a request's (0 to 1)."""

    tool: Tool
    share: float


def ranked(request: str, tools: Sequence[Tool]) -> list[Fit]:
    """The tools, the likeliest first. Words that few tools say count more."""
    own = {tool.name: _words_of(tool) for tool in tools}
    words = [word for word in plain_words(request) if word not in LIGHT and word not in CUES]

    def weight(word: str) -> float:
        have = sum(_says(own[tool.name], word) for tool in tools)
        return math.log(1 + len(tools) / have) if have else 1.0

    total = sum(map(weight, words)) or 1.0
    fits = [Fit(tool=tool, share=sum(weight(w) for w in words if _says(own[tool.name], w)) / total) for tool in tools]
    return sorted(fits, key=lambda fit: -fit.share)


def _words_of(tool: Tool) -> set[str]:
    properties: Mapping[str, JSON] = tool.parameters.get("properties", {})
    texts = [tool.name.replace("_", " "), tool.summary]
    for name, schema in properties.items():
        texts += [name.replace("_", " "), str(schema.get("description", "")), *map(str, schema.get("enum", ()))]
    return {
        word for text in texts for word in plain_words(text.replace("_", " ")) if word not in LIGHT and word not in CUES
    }


def _says(own: set[str], word: str) -> bool:
    return word in own or any(same(word, other) for other in own)


def clauses(request: str) -> list[str]:
    """The request in pieces that may each ask for something."""
    return [piece.strip() for piece in CLAUSES.split(request) if piece.strip()]


@dataclass(kw_only=True)
class Filling:
    """The arguments of one call while they are being found. `known`: values of earlier results, by name."""

    request: str
    known: dict[str, Any] = field(default_factory=dict[str, Any])

    def arguments(self, tool: Tool) -> dict[str, Any]:
        """What the request says of each argument; those that it does not are left out."""
        properties: Mapping[str, JSON] = tool.parameters.get("properties", {})
        required: Sequence[str] = tool.parameters.get("required", ())
        pieces = [" ".join(plain_words(piece)) for piece in MENDS.split(self.request.lower())]
        given: dict[str, Any] = {name: self.known[name] for name in properties if name in self.known}
        order = sorted(properties, key=lambda name: _rank(properties[name], name))
        used: set[str] = {str(value) for value in given.values()}
        for name in order:
            if name in given or (name.endswith("_id") and name not in self.known):
                continue
            value = self._value(name, properties[name], pieces, used)
            if value is not None:
                given[name] = value
                used.add(str(value))
        left = [
            name
            for name in required
            if name not in given and properties[name].get("type") == "string" and not name.endswith(("_id", "time"))
        ]
        if left and (rest := _rest(pieces, used, tool)):
            given[left[0]] = rest
        return given

    def _value(self, name: str, schema: JSON, pieces: Sequence[str], used: set[str]) -> Any:
        about = {*plain_words(name.replace("_", " ")), *plain_words(str(schema.get("description", "")))}
        for piece in reversed(pieces):
            if "enum" in schema:
                value = _listed(schema["enum"], piece)
            elif schema.get("type") in ("integer", "number"):
                digits = " ".join(with_digits(piece.split()))
                value = _number(digits, about, used, whole=schema["type"] == "integer")
            elif {"day", "date", "weekday"} & set(plain_words(name.replace("_", " "))):
                value = next((day for day in DAYS if day in piece.split()), None)
            else:
                value = _behind(piece, name, about, used)
            if value is not None:
                return value
        return None


def _rank(schema: JSON, name: str) -> int:
    """Which arguments are found first: those that can be least mistaken."""
    if "enum" in schema:
        return 0
    if schema.get("type") in ("integer", "number"):
        return 2
    return 1 if {"day", "date", "time"} & set(plain_words(name.replace("_", " "))) else 3


def _listed(values: Sequence[Any], piece: str) -> Any:
    """The allowed value that is named last."""
    places = [(piece.rfind(f"{value}".lower().replace("_", " ")), value) for value in values]
    at, value = max(places, key=lambda place: place[0])
    if at >= 0:
        return value
    words = piece.split()
    return next((v for v in values if any(same(word, str(v).lower()) for word in words)), None)


def _number(piece: str, about: set[str], used: set[str], *, whole: bool) -> int | float | None:
    """The number that stands beside a word of the argument's, or the only one that is left."""
    words = piece.split()
    at = [index for index, word in enumerate(words) if re.fullmatch(r"-?\d+(?:\.\d+)?", word) and word not in used]
    if not at:
        return None
    beside = [i for i in at if any(same(word, other) for word in words[i + 1 : i + 2] for other in about)]
    clock = [i for i in at if i and words[i - 1] in ("at", "around")]
    if about & {"hour", "time"} and not beside:
        beside = clock or at
    elif not beside:
        beside = [i for i in at if i not in clock]
    if not beside:
        return None
    value = float(words[beside[-1]])
    return int(value) if whole or value == int(value) else value


def _behind(piece: str, name: str, about: set[str], used: set[str]) -> str | None:
    """What stands behind the words that values of such an argument stand behind, up to the next such word."""
    own = set(plain_words(name.replace("_", " ")))
    groups = [cues for words, cues in BEHIND if own & set(words)] or [
        cues for words, cues in BEHIND if about & set(words)
    ]
    for cues in groups:
        for cue in cues:
            for match in reversed(list(re.finditer(rf"\b{cue} (?=.)", piece))):
                behind = piece[match.end() :]
                value = behind if cue in ("that", "saying") else _phrase(behind)
                timely = bool(TIMELY.search(value))
                if value and value not in used and value not in DAYS and timely == ("time" in own):
                    return value
    return None


def _phrase(text: str) -> str:
    """The words up to the next cue, day or number, without articles."""
    words: list[str] = []
    for word in text.split():
        if words and (word in CUES or word in DAYS or _is_number(word) != _is_number(words[-1])):
            break
        if word in ARTICLES and not words:
            continue
        words.append(word)
    while words and words[-1] in ARTICLES:
        words.pop()
    return " ".join(words)


def _is_number(words: str) -> bool:
    return all(word.isdigit() or word in NUMBER_WORDS for word in words.split())


def _rest(pieces: Sequence[str], used: set[str], tool: Tool) -> str:
    """The words that nothing else has taken and that are not the tool's own: what is left is what it is about."""
    own = _words_of(tool)
    taken = {word for value in used for word in value.split()}
    for piece in reversed(pieces):
        words = [w for w in piece.split() if w not in LIGHT and w not in CUES and w not in taken and not _is_number(w)]
        if words := [word for word in words if not _says(own, word)]:
            return " ".join(words)
    return ""


def missing(tool: Tool, arguments: JSON) -> list[str]:
    """The required arguments that were not found."""
    return [name for name in tool.parameters.get("required", ()) if name not in arguments]


def values_of(text: str) -> dict[str, Any]:
    """The values in a result, by name, the first of each; none when it is no JSON."""
    try:
        waiting: list[Any] = [json.loads(text)]
    except ValueError:
        return {}
    found: dict[str, Any] = {}
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, dict):
            for name, value in item.items():  # pyright: ignore[reportUnknownVariableType]
                if isinstance(value, dict | list):
                    waiting.append(value)
                else:
                    found.setdefault(str(name), value)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(item, list):
            waiting = [*item, *waiting]
    return found


def source(argument: str, tool: Tool, tools: Sequence[Tool]) -> Tool | None:
    """The other tool that may give an argument like "bike_id": one that is named in its description, or for what it is of."""
    about = str(tool.parameters["properties"][argument].get("description", ""))
    noun = argument.removesuffix("_id").replace("_", " ")
    others = [other for other in tools if other.name != tool.name]
    named = [other for other in others if other.name in about]
    finds = [o for o in others if any(same(noun, word) for word in o.name.split("_")) and not missing_id(o)]
    return next(iter([*named, *finds]), None)


def missing_id(tool: Tool) -> bool:
    return any(name.endswith("_id") for name in tool.parameters.get("required", ()))
