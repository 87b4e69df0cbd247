"""The glossary: everything that crosses a boundary is one of these frozen values on a millisecond media timeline.

`at_ms` is media time: milliseconds of user audio received since the session began. A live session, a training
example and a benchmark transcript are sequences of the same events (see `timeline.Timeline`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray


class Channel(StrEnum):
    """Who or what an event belongs to."""

    USER = "user"  # the user's microphone; typed text
    MODEL = "model"  # the model's voice
    CAMERA = "camera"
    SCREEN = "screen"
    HEARD = "heard"  # words the model says the user said
    SAY = "say"  # words the model speaks
    THINKING = "thinking"  # background text: silent context
    COMMENTARY = "commentary"  # background text: say it in your own words when there is room
    INSTRUCTIONS = "instructions"  # background text: obey


class CloseReason(StrEnum):
    CLIENT = "client"
    TIMEOUT = "timeout"
    SHUTDOWN = "shutdown"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Audio:
    """Mono samples, float32 in [-1, 1], shape [S]; `at_ms` is the first sample's time."""

    at_ms: float
    channel: Channel
    samples: NDArray[np.float32]
    rate_hz: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One video frame, uint8 RGB [H, W, 3], seen at `at_ms`."""

    at_ms: float
    channel: Channel
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Text that enters the model's input: typed by the user, or a result of the background model."""

    at_ms: float
    channel: Channel
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Input that did not arrive: audio or video of `channel` in `[at_ms, until_ms)`."""

    at_ms: float
    until_ms: float
    channel: Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word the model wrote: `heard` (the user's) or `say` (its own), with the time it sounds."""

    at_ms: float
    until_ms: float
    channel: Channel
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Do:
    """A note of the model to itself or to the background: a countdown, a delegation, a cancel."""

    at_ms: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegation:
    """Work that the model hands over: the task in its words, the user's words that it came from, and until when a result
    is of use. Whoever takes it on gets the whole conversation beside it, as a `Timeline`."""

    at_ms: float
    id: str
    task: str
    why: str
    deadline_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a delegation is: a sentence, and the share that is done (0 to 1)."""

    at_ms: float
    delegation: str
    text: str
    done: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of a delegation, on the channel that says in which manner it enters the conversation: `thinking`
    (silent context), `commentary` (to be said in the model's own words when there is room), `instructions` (to obey).
    The delegation is over with a result on one of the last two. `failed`: it says why nothing came of it."""

    at_ms: float
    delegation: str
    channel: Channel
    text: str
    failed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancel:
    """A delegation is over without a result, and why: nothing of it is to be said any more."""

    at_ms: float
    delegation: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Something to be shown beside the talk; one with the same `id` takes the place of the earlier one.

    `kind` is one of `background.cards.KINDS`; `content` is JSON, by kind. A card of kind `form` or `permission` is a
    question: its `title` is asked, and an `Answer` comes back.
    """

    at_ms: float
    id: str
    delegation: str
    kind: str
    title: str
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the user answered to a card that asks, on the page or aloud: the form's values; {"allow": true or false}."""

    at_ms: float
    card: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clear:
    """The model yields: audio of its own that is queued and unheard is to be dropped."""

    at_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """The client has let the user hear the model's audio up to media time `until_ms`."""

    at_ms: float
    until_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A truth about the world, for training and scoring: kind is word, phone, act, expect, event, ...

    `who` names the speaker or thing (`user`, `model`, `other`, `world`). `data` is JSON.
    """

    at_ms: float
    until_ms: float
    kind: str
    text: str
    who: str = "user"
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """The account of one tick: compute time, how late its output was, backbone positions used."""

    at_ms: float
    tick: int
    compute_ms: float
    late_ms: float
    positions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    at_ms: float
    session_id: str
    tick_ms: int
    second_of_day: float
    seed: int
    model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    at_ms: float
    reason: CloseReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """Something went wrong; `message` says what to do about it."""

    at_ms: float
    code: str
    message: str


Work = Delegation | Progress | Result | Cancel | Card | Answer
Event = Audio | Frame | Text | Missing | Word | Do | Work | Clear | Played | Span | Tick | Opened | Closed | Failed
E = TypeVar("E", bound=Event)
EVENT_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(Audio, Frame, Text, Missing, Word, Do, Delegation, Progress, Result, Cancel, Card, Answer),
        *(Clear, Played, Span, Tick, Opened, Closed, Failed),
    )
}


def later(event: E, by_ms: float) -> E:
    """The event `by_ms` later (earlier where negative), as long as it was."""
    times = {name: getattr(event, name) + by_ms for name in ("at_ms", "until_ms") if hasattr(event, name)}
    return replace(event, **times)
