"""What a request in words asks for: the tool and its arguments, by rules, for what is certain.

Requests are a small model's notes: short, without punctuation, some words misheard ("what they is tomorrow", "show a cart
of the sails").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from microturn.background.offline.passages import points
from microturn.background.offline.quantities import conversion, expression, plain_words, with_digits
from microturn.features.numbers import MONTHS, WEEKDAYS, ordinal_words

ORDINALS = {" ".join(ordinal_words(day)): day for day in range(31, 0, -1)}  # "twenty first" before "first"
PREAMBLE = re.compile(
    r"^(?:(?:uh|um|hey|okay|well|so|please|now|and|then|"
    r"(?:can|could|would|will) you|i (?:want|need|would like) (?:you )?to(?: know)?|find out|look up|tell me|let me know|delegate) )+"
)
SHOW = r"(?:show|draw|plot|make|put|give|paint|display|create|graph|see|have|want)"
CHART = re.compile(r"\b(?:charts?|graphs?|plot|diagram|bars|(?:bar|line|pie) (?:chart|graph))\b")
TABLE = re.compile(rf"\b{SHOW}\b.*\b(?:a|as|in|the) table\b|^a table of\b")
DRAW = re.compile(r"^(?:draw|plot|graph)\b")
CARTS = re.compile(rf"\b(?:{SHOW} (?:me )?)?a (?:cart|shart|chard|card) of the\b")
REMEMBER = re.compile(
    r"(?:^|\b)(?:(?:please )?remember(?: that| to)?|(?:make|take) a note(?: that| of)?|^note(?: that| down)?|keep in mind(?: that)?"
    r"|write down(?: that)?|(?:do not|don't|never) forget(?: that| to)?|save(?: that| a note that)|memorize(?: that)?) (.+)"
)
RECALL = re.compile(
    r"\b(?:my notes?|(?:do|can) you remember|did i (?:tell|ask|say|put|leave|park|note|write|mention|save)|what do you (?:know|remember) about|"
    r"have i told|i told you|you remember about)\b"
)
LOOK = re.compile(
    r"\b(?:(?:can|do) you see|what (?:you|do you) see|look at|take a look|have a look|(?:am i|i am) (?:holding|wearing|showing)|in my hands?|i (?:wear|hold)"
    r"|in front of (?:you|the camera|me)|(?:on|at|in) (?:the|my) (?:screen|camera|video)|describe (?:the|this|what))\b"
)
CLOCK = re.compile(
    r"\b(?:what|which|the|current|local|right) (?:\w+ )?(?:time|hour|clock)\b|\bhow late\b|\btime is it\b|\bthe clock\b"
)
MISHEARD_CLOCK = re.compile(r"\b(what) (?:thyme|rhyme|dime|tim|lime) (?=(?:it is|is it)\b)")
OPENS = re.compile(
    r"\b(?:opens?|close[sd]?|leaves?|starts?|begins?|arrives?|comes?|go|goes|departs?|ends?|finish|finishes|train|bus|opened|does|do i|should|long|last|next|first|many)\b"
)
MORNING = re.compile(r"\bis it (?:already |still )?(?:morning|evening|night|noon|late|early|afternoon|day|dark)\b")
SHIFTS = {
    "day after tomorrow": 2,
    "day before yesterday": -2,
    "tomorrow": 1,
    "to morrow": 1,
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
}
DATED = re.compile(r"\b(?:day|days|date|weekday|month|year)\b")
ASKING = frozenset(
    [
        "a",
        "an",
        "the",
        "what",
        "which",
        "is",
        "it",
        "was",
        "will",
        "be",
        "do",
        "we",
        "have",
        "of",
        "on",
        "in",
        "day",
        "days",
        "date",
        "weekday",
        "week",
        "month",
        "year",
        "today",
        "tomorrow",
        "yesterday",
        "to",
        "morrow",
        "after",
        "before",
        "now",
        "current",
        "from",
        "ago",
        "please",
        "tell",
        "me",
        "they",
        "how",
        "next",
        "last",
        "coming",
        "name",
        "whats",
        "current",
        "weeks",
        "this",
        "s",
        "at",
        "would",
        "watch",
        "one",
        "that",
        "for",
        "and",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """A tool and its arguments; `subject` is what it is about, in words."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    subject: str = ""


def bare(request: str) -> str:
    """A request without what is but manners: "please find out what ..." is "what ..."."""
    return PREAMBLE.sub("", " ".join(re.findall(r"[^\s?!]+", request.lower())).strip(" .,"))


def understood(request: str, now: datetime) -> Errand | None:
    """What a request asks for; None when no rule is certain."""
    text = bare(request)
    rules: tuple[Callable[[], Errand | None], ...] = (
        lambda: _note(text),
        lambda: _shown(text),
        lambda: _look(text),
        lambda: _converted(text),
        lambda: _sum(text),
        lambda: _day(text, now),
        lambda: _clock(text),
    )
    return next((errand for rule in rules if (errand := rule())), None)


def _note(text: str) -> Errand | None:
    if RECALL.search(text):
        return Errand(tool="recall", arguments={"query": text}, subject=text)
    found = REMEMBER.search(text)
    if found and not text.startswith(("what", "where", "when", "who", "which")):
        return Errand(tool="remember", arguments={"note": found[1]})
    return None


def _shown(text: str) -> Errand | None:
    table = TABLE.search(text)
    if not (table or CHART.search(text) or DRAW.search(text) or CARTS.search(text)):
        return None
    text = CARTS.sub("a chart of the", text)
    subject = re.sub(
        rf"\b(?:{SHOW}|me|a|an|the|as|in|on|page|chart|graph|plot|table|diagram|bars?|picture|of|with|please|line|pie)\b",
        " ",
        text,
    )
    return Errand(
        tool="show_table" if table else "show_chart",
        arguments={"points": points(" ".join(with_digits(plain_words(text))))},
        subject=" ".join(subject.split()),
    )


def _look(text: str) -> Errand | None:
    return Errand(tool="look") if LOOK.search(text) else None


def _converted(text: str) -> Errand | None:
    found = conversion(text)
    if found is None:
        return None
    value, source, wanted = found
    return Errand(tool="convert_units", arguments={"value": value, "from_unit": source, "to_unit": wanted})


def _sum(text: str) -> Errand | None:
    sum = expression(text)
    return Errand(tool="calculate", arguments={"expression": sum}) if sum else None


def _clock(text: str) -> Errand | None:
    text = MISHEARD_CLOCK.sub(r"\1 time ", text)
    if not (CLOCK.search(text) or MORNING.search(text)):
        return None
    head, _, place = text.rpartition(" in ")
    if OPENS.search(head if place else text):
        return None
    if not head:
        place = re.split(r"\b(?:time|clock|hour)\b", text)[-1] if not re.search(r"\bis it\b|\bit is\b", text) else ""
    place = re.sub(
        r"\b(?:now|please|right|there|here|at|the|is|it|moment|this|currently|me|do|they|have)\b", " ", place
    )
    return Errand(tool="time_in", arguments={"place": " ".join(place.split())})


def _day(text: str, now: datetime) -> Errand | None:
    text = re.sub(r"\b(?:what|watch|which) (?:they|tay|the|day) (?=(?:it )?(?:is|was|will)\b)", "what day ", text)
    for said, number in ORDINALS.items():
        text = re.sub(rf"\b{said}\b", str(number), text)
    words = with_digits(plain_words(text))
    line = " ".join(words)
    days = _shift(line)
    if days is None:
        days = _calendar(line, now)
    if days is None and DATED.search(line) and not re.search(r"\bdays\b", line) and not set(words) - ASKING:
        days = 0
    if days is None:
        return None
    about = DATED.search(line) or re.search(r"\b(?:ago|after tomorrow|before yesterday)\b", line)
    named = {*WEEKDAYS, *MONTHS}
    rest = {word for word in words if not word[0].isdigit() and word not in named} - ASKING
    return Errand(tool="date_in", arguments={"days": days}, subject=line) if about and not rest else None


def _shift(line: str) -> int | None:
    """Days from today of "tomorrow", "in 3 weeks", "5 days ago"."""
    for words, days in SHIFTS.items():
        if re.search(rf"\b{words}\b", line) and not re.search(r"\bfrom (?:today|now)\b", line):
            return days
    found = re.search(r"\b(\d+|a|an|one) (day|week)s?\b(?P<ago> ago\b)?", line)
    if found and (found["ago"] or re.search(r"\b(?:in|from|after)\b", line)):
        number = int(found[1]) if found[1].isdigit() else 1
        return (-1 if found["ago"] else 1) * number * (7 if found[2] == "week" else 1)
    return None


def _calendar(line: str, now: datetime) -> int | None:
    """Days from today of the next "friday" or "first of april"."""
    for index, day in enumerate(WEEKDAYS):
        if re.search(rf"\bdate\b.*\b{day}\b", line):
            return (index - now.weekday() - 1) % 7 + 1
    month = next((index for index, name in enumerate(MONTHS, 1) if re.search(rf"\b{name}\b", line)), 0)
    number = int((re.search(r"\b(\d{1,2})\b", line) or [0, 0])[1])
    if not month or not number:
        return None
    for year in (now.year, now.year + 1):
        try:
            days = (datetime(year, month, number) - datetime(now.year, now.month, now.day)) // timedelta(days=1)
        except ValueError:
            return None
        if days >= 0:
            return days
    return None
