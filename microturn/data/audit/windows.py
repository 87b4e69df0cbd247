"""Whether what is expected of the model can be done, and whether its words do it.

An `expect` span asks for its text: the first word has to start inside. The model says one word at a time, at least a
tick of 200 ms each. In a `quiet` span no word may start.
"""

from itertools import combinations, pairwise

from microturn.data.audit.findings import Finding
from microturn.data.audit.session import Session
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Span

KINDS = ("expect", "quiet", "keep", "interrupt", "pause")
ENDS = ("request_end_ms", "cue_end_ms", "rep_end_ms")  # when what is answered is over
ROUNDED_MS = 100.0  # so far the words of somebody's recording may overlap; made ones do so by whole ticks or not at all
NEAR_MS = 20_000.0  # windows further apart than this have nothing to do with each other


def possible(session: Session) -> list[Finding]:
    """Windows that are empty, lie outside the session, or close before what they answer is over."""
    found: list[Finding] = []
    for span in (span for kind in KINDS for span in session.spans(kind)):
        expected = span.kind == "expect"
        if span.until_ms < span.at_ms or (expected and span.until_ms == span.at_ms):
            found.append(Finding(reason="empty window", detail=described(span)))
        elif expected and (span.at_ms >= session.duration_ms or span.until_ms <= 0):
            found.append(Finding(reason="window outside", detail=described(span)))
        elif _last_ms(span) < max(span.at_ms if not expected else 0.0, *(float(span.data.get(end, 0)) for end in ENDS)):
            found.append(Finding(reason="window too early", detail=described(span)))
    return found


def _last_ms(span: Span) -> float:
    """The last moment in which the model can do what the window asks."""
    return float(span.data.get("clear_by_ms", span.until_ms)) if span.kind == "interrupt" else span.until_ms


def exclusive(session: Session) -> list[Finding]:
    """Two answers that cannot both be said in time, whichever comes first; answers where the model has to be quiet."""
    expects = [span for span in session.spans("expect") if span.text]
    found = [
        Finding(reason="windows exclude each other", detail=f"{described(one)} and {described(other)}")
        for one, other in combinations(expects, 2)
        if abs(one.at_ms - other.at_ms) < NEAR_MS and not (_then(one, other) or _then(other, one))
    ]
    quiets = [(span.at_ms, span.until_ms) for span in session.spans("quiet")]
    return found + [
        Finding(reason="window is quiet", detail=described(span)) for span in expects if not _room(span, quiets)
    ]


def _then(one: Span, other: Span) -> bool:
    """Whether `other` can be begun in time when `one` was said as early as it may."""
    return max(one.at_ms + TICK_MS * len(one.text.split()), other.at_ms) <= other.until_ms


def _room(span: Span, quiets: list[tuple[float, float]]) -> bool:
    """Whether a word may start somewhere in the window."""
    at_ms = span.at_ms
    for start, stop in sorted(quiets):
        if start <= at_ms < stop:
            at_ms = stop
    return at_ms <= span.until_ms


def truth(session: Session) -> list[Finding]:
    """Whether the model's words do what is expected of them."""
    starts = {(word.text, word.at_ms) for word in session.said}
    found: list[Finding] = []
    for span in (span for span in session.spans("expect") if span.text and session.exact):
        first = span.text.split()[0]
        if not any(text == first and span.at_ms <= at_ms <= span.until_ms for text, at_ms in starts):
            found.append(Finding(reason="answer missing", detail=described(span)))
    for span in session.spans("quiet"):
        for word in session.said:
            if span.at_ms <= word.at_ms < span.until_ms:
                detail = f"{word.text!r} at {word.at_ms / 1000:.1f} s in {described(span)}"
                found.append(Finding(reason="word in quiet", detail=detail))
    return found


def own_words(session: Session) -> list[Finding]:
    """Words of the model's that overlap."""
    return [
        Finding(reason="own words overlap", detail=f"{one.text!r} and {two.text!r} at {two.at_ms / 1000:.1f} s")
        for one, two in pairwise(session.said)
        if two.at_ms < one.until_ms - ROUNDED_MS
    ]


def described(span: Span) -> str:
    """A window and where it is."""
    text = f" {span.text!r}" if span.text else ""
    return f"{span.kind}{text} at {span.at_ms / 1000:.1f} to {span.until_ms / 1000:.1f} s"
