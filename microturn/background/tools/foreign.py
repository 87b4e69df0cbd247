"""What others wrote, made harmless before a background model reads it, and secrets kept out of what it reads.

`marked` puts it between marks that it cannot forge: nothing in it can be read as a tag, so it can neither end the mark nor begin
one of a chat template. That is no proof against a model that obeys data all the same: what such a model may then do
is decided by `Toolbox` alone.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping

SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)
SHORTEST_SECRET = 8  # shorter values are words that also stand in harmless texts
HIDDEN = "[hidden]"
OPENS = re.compile(r"<(?=[/!?|\\A-Za-z])")
MARK = re.compile(r"<(?=\W*data\b)", re.IGNORECASE)  # how a mark of ours could begin
INSTRUCTS = re.compile(r"\[(?=/?INST\b)", re.IGNORECASE)
LESS_THAN = {0xFF1C: "<", 0xFE64: "<"}  # full width and small, which models read as "<"
SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))  # invisible, and used to smuggle bytes
KEPT = "\n\t"


def harmless(text: str) -> str:
    """The text without what cannot be seen (controls, directions, joiners, tag characters), and with a space after each
    "<" and "[INST" that could begin a tag."""
    text = text.translate(LESS_THAN | dict.fromkeys(SELECTORS))
    seen = "".join(c for c in text if c in KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return INSTRUCTS.sub("[ ", OPENS.sub("< ", MARK.sub("&lt;", seen)))


def marked(source: str, text: str) -> str:
    """The text as data of `source`, a name that is ours."""
    return f"<data from={json.dumps(source)}>\n{harmless(text)}\n</data>"


def one_line(text: str, most: int) -> str:
    """A harmless text of at most `most` characters, on one line."""
    line = " ".join(harmless(text).split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0]


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """The values of variables whose names say that they are secret."""
    named = (value for name, value in environment.items() if SECRET_NAMES.search(name))
    return [value for value in named if len(value) >= SHORTEST_SECRET]


def without(secrets: Iterable[str], text: str) -> str:
    """The text with each of the secrets, longest first, taken out. One that was disguised (reversed, base64) is not found."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def visible(text: str) -> str:
    """The text with every character that cannot be seen written as its number, for a person who is to judge it."""
    return "".join(
        c if c in KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else f"\\u{ord(c):04x}"
        for c in text
    )
