"""Written English as words that a voice can say: lower case, spelled out, no punctuation but apostrophes inside words.

`sentences("See you at 5:30 pm, on the 3rd. It's $4.50.")` is `("see you at five thirty in the evening | on the third",
"it's four dollars and fifty cents")`: one string a sentence, a `|` where a clause ends (a place to hesitate). What
cannot be said (emoji, other scripts) is left out, and so is a whole sentence with a blank in it, such as "[name]".
"""

import re
import unicodedata
from collections.abc import Callable

from microturn.data.lexicon import ORDINALS
from microturn.features.numbers import clock_words, number_words

_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_ORDINAL = {number_words(n)[0]: ORDINALS[n - 1] for n in range(1, 11)} | {"twelve": "twelfth"}
_DIGITS = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_SHORT_TEXT = """dr=doctor mr=mister mrs=missus ms=miss ave=avenue blvd=boulevard rd=road hwy=highway pkwy=parkway ln=lane
apt=apartment vs=versus etc=et+cetera approx=approximately jr=junior sr=senior mt=mount ft=fort"""
_SHORT = {short: long.replace("+", " ") for short, long in (entry.split("=") for entry in _SHORT_TEXT.split())}
_SIGNS = {"&": " and ", "@": " at ", "#": " number ", "+": " plus ", "=": " equals ", "°": " degrees "}
_BLANK = re.compile(
    r"[\[\]<>{}_|]|\((?:user|your|my)?\s*\d?(?:'s)?\s*(?:name|city|place|location|age|job)\)", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w$.,])\+?\(?\d[\d()\s.-]{5,}\d(?![\d,:]|\.\d)")


def cardinal(number: int) -> str:
    """A whole number from 0 on, in words: 1512 is "one thousand five hundred twelve"."""
    for size, name in _SCALES:
        if number >= size:
            rest = f" {cardinal(number % size)}" if number % size else ""
            return f"{cardinal(number // size)} {name}{rest}"
    return " ".join(number_words(number))


def ordinal(number: int) -> str:
    """21 is "twenty first"."""
    *before, last = cardinal(number).split()
    turned = _ORDINAL.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*before, turned])


def digits(text: str) -> str:
    """Each digit of a text by its name."""
    return " ".join(_DIGITS[int(digit)] for digit in text if digit.isdigit())


def year_or_number(text: str) -> str:
    """Digits as people read them: years in pairs, long or zero-led numbers digit by digit, others as a number."""
    number = int(text)
    if len(text) > 6 or len(text) == 5 or (text[0] == "0" and len(text) > 1):
        return digits(text)
    if len(text) == 4 and (1100 <= number < 2000 or 2010 <= number < 2100) and number % 100:
        high, low = divmod(number, 100)
        return f"{cardinal(high)} {'oh ' if low < 10 else ''}{cardinal(low)}"
    return cardinal(number)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each in sayable words with `|` between clauses; empty where nothing can be said."""
    pieces = re.split(r"(?<=[.?!])[\"')]*\s+|\n+|;\s+", _opened(text))
    said = (_clauses(piece) for piece in pieces if not _BLANK.search(piece))
    return tuple(piece for piece in said if piece)


def _opened(text: str) -> str:
    """Plain quotes, a space after every full stop that ends a sentence, no stop in an abbreviation."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    text = re.sub(r"(?<=\w)[\"`](?=[a-z])", "'", text)
    text = re.sub(r"\b([AaPp])(?:\.\s?)?[Mm]\b(\.?)(?=(\s*[A-Z]|\s*$)?)", _half, text)
    text = re.sub(r"\b(?:[A-Za-z]\.){2,}", lambda m: " ".join(m[0].replace(".", " ").split()) + " ", text)
    text = re.sub(r"\b([A-Z]\w+)\s+St\b(\.(?=\s+[A-Z]))?\.?", r"\1 Street\2", text)
    text = re.sub(r"\bSt\b\.?(?=\s+[A-Z])", "Saint", text)
    shorts = "|".join(_SHORT)
    text = re.sub(rf"\b({shorts})\.(?=\s|,|$)", lambda m: _SHORT[m[1].lower()], text, flags=re.IGNORECASE)
    text = re.sub(r"\b[Nn]o\.\s?(?=\d)", "number ", text)
    return re.sub(r"(?<=[A-Za-z][a-z)])([.?!]+)(?=[A-Z])", r"\1 ", text)


def _half(match: re.Match[str]) -> str:
    """am or pm without stops; the stop stays where a sentence ends."""
    return f"{match[1].lower()}m{'. ' if match[2] and match[3] is not None else ' '}"


def _clauses(sentence: str) -> str:
    """One sentence in words, `|` between its clauses."""
    spelled = _spelled(sentence)
    clauses = (_words(clause) for clause in re.split(r"[,:]|\s[-–—]+\s|--|—|\.{2,}|…|\(|\)", spelled))
    return " | ".join(clause for clause in clauses if clause)


def _words(text: str) -> str:
    """Only letters and inner apostrophes; accents are dropped."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z']+", " ", plain)
    return " ".join(word for word in (word.strip("'") for word in plain.split()) if word)


def _spelled(text: str) -> str:
    """Every number, sum, time and sign in words."""
    rules: list[tuple[str | re.Pattern[str], Callable[[re.Match[str]], str]]] = [
        (r"\b(\d{1,2}):(\d{2})(?:\s*([ap])m\b)?", _clock),
        (r"\b(\d{1,2})\s*([ap])m\b", _clock),
        (_PHONE, lambda m: f" {digits(m[0])} "),
        (r"([$£€])\s?(\d+(?:,\d{3})*)(?:\.(\d{1,2})(?!\d))?(?:\s?(thousand|million|billion))?", _money),
        (r"\b\d{1,3}(?:,\d{3})+\b", lambda m: f" {cardinal(int(m[0].replace(',', '')))} "),
        (r"(\d+)\s?%", lambda m: f"{m[1]} percent"),
        (r"\b(\d{1,3})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1]))),
        (r"\b(\d{1,9})\.(\d+)", lambda m: f"{cardinal(int(m[1]))} point {digits(m[2])} "),
        (r"\d+", lambda m: f" {year_or_number(m[0])} "),
        (r"(?<=\w) ('(?:s|re|d)\b)", lambda m: m[1]),
        (r"[&@#+=°]", lambda m: _SIGNS[m[0]]),
    ]
    for pattern, write in rules:
        text = re.sub(pattern, write, text, flags=0 if isinstance(pattern, re.Pattern) else re.IGNORECASE)
    return text


def _clock(match: re.Match[str]) -> str:
    """17:30 and 5:30 pm are "five thirty", with the time of day where it was written."""
    hour, minute = int(match[1]), int(match[2]) if len(match.groups()) == 3 else 0
    half = match.groups()[-1]
    if hour > 24 or minute > 59:
        return f"{cardinal(hour)} {cardinal(minute)}"
    words = " ".join(clock_words(3600 * hour + 60 * minute))
    if half is None:
        return words if minute else f"{words} o'clock"
    return f"{words} {_half_of_day(hour % 12, afternoon=half.lower() == 'p')}"


def _half_of_day(hour: int, *, afternoon: bool) -> str:
    if not afternoon:
        return "in the morning"
    return "in the afternoon" if hour < 5 else "in the evening"


def _money(match: re.Match[str]) -> str:
    whole, part = int(match[2].replace(",", "")), int((match[3] or "0").ljust(2, "0"))
    name, small = _MONEY[match[1]]
    plural = "pence" if small == "penny" else "cents"
    if match[4]:
        return f"{_words(_spelled(match[0][1:]))} {name}s "
    words = f"{cardinal(whole)} {name}{'' if whole == 1 else 's'}"
    return f"{words} and {cardinal(part)} {small if part == 1 else plural} " if part else f"{words} "
