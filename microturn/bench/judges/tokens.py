"""Text as the rules of the offline judge read it: plain words, contractions written out, signs as words.

`tokens("It's 3:30 p.m., isn't it?")` is `["it", "is", "3:30", "pm", "is", "not", "it"]`; `clauses` cuts first.
"""

import re
from functools import lru_cache

# Written first, in order: what a pattern becomes. Fillers carry no meaning.
REWRITES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[’`]", "'"),
        (r"\b(a|p)\.\s?m\b\.?", r"\1m"),
        (r"\bo'clock\b", "oclock"),
        (r"\bdr\b\.?", "doctor"),
        (r"\bmr\b\.?", "mister"),
        (r"\bcan't\b|\bcannot\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\bshan't\b", "shall not"),
        (r"\blet's\b", "let us"),
        (r"n't\b", " not"),
        (r"\b(it|he|she|that|this|there|here|what|who|where|how|when)'s\b", r"\1 is"),
        (r"'re\b", " are"),
        (r"'m\b", " am"),
        (r"'ll\b", " will"),
        (r"'ve\b", " have"),
        (r"'d\b", " would"),
        (r"\bon time\b", "punctual"),
        (r"'s\b", ""),
        (r"s'(?=\s|$)", "s"),
        (r"[$]\s?(\d[\d,.]*\d|\d)", r"\1 dollars"),
        (r"[€]\s?(\d[\d,.]*\d|\d)", r"\1 euros"),
        (r"(\d)\s?€", r"\1 euros"),
        (r"[£]\s?(\d[\d,.]*\d|\d)", r"\1 pounds sterling"),
        (r"(\d)\s?%", r"\1 percent"),
        (r"(\d)\s?°\s?c?\b", r"\1 degrees "),
        (r"(?<![\w.])-(?=\d)", "minus "),
        (r"\b(?:u+h+|u+m+|e+r+m?|a+h+|h+m+|mm+)\b", " "),
    )
)
TOKEN = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}:\d{2}|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:(?:st|nd|rd|th)\b)?|[^\W\d_]+"
)
CUT = re.compile(
    r"(?<!\d)[.,:](?!\d)|(?<=\d)[.,](?=\s|$)|[;!?]|\s-\s|\b(?:but|because|although|though|however|so|instead of|rather than)\b"
)


def plain(text: str) -> str:
    """Lower case, with contractions and signs written out."""
    text = text.lower()
    for pattern, to in REWRITES:
        text = pattern.sub(to, text)
    return text


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text; numbers, times and dates in digits are one each."""
    return tuple(TOKEN.findall(plain(text)))


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[str, ...]:
    """A text cut at punctuation and at words that turn it; empty ones left out."""
    return tuple(part for part in CUT.split(plain(text)) if part and TOKEN.search(part))


def sentences(text: str) -> list[str]:
    """A text cut after `.`, `!` and `?`."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text.strip()) if TOKEN.search(part.lower())]
