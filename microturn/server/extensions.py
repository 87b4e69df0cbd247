"""What OpenAI Live lacks: our own wire events, all named `microturn.*`.

A client asks for the server's half with the query parameter `microturn=1`; others never see one.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Value = Annotated[str, Field(max_length=1000)] | FiniteFloat | bool  # of a field in a form


class Extension(BaseModel):
    """`extra` is allowed only so that the codec can name the field nobody knows."""

    model_config = ConfigDict(extra="allow")


class FrameAppend(Extension):
    """One video frame: a whole JPEG (or PNG) of at most a megapixel, as base64. The model sees one a tick, at 80x80."""

    type: Literal["microturn.frame.append"]
    image: str
    source: Literal["camera", "screen"] = "camera"
    event_id: str | None = None


class TextAppend(Extension):
    """Text that the user typed."""

    type: Literal["microturn.text.append"]
    text: str
    event_id: str | None = None


class PlayedAck(Extension):
    """The user has heard the model's audio up to session time `until_ms`."""

    type: Literal["microturn.played"]
    until_ms: FiniteFloat
    event_id: str | None = None


class ResumeRequest(Extension):
    """Take up a dropped session: its `token`, and how many messages of it this client has `received`."""

    type: Literal["microturn.resume"]
    token: str
    received: int = 0
    event_id: str | None = None


class DelegationProgress(Extension):
    """How far a delegation is: a sentence, which the model gets as silent context, and the share that is done."""

    type: Literal["microturn.delegation.progress"]
    delegation_id: str
    text: str
    done: Annotated[float, Field(ge=0, le=1)] = 0.0
    event_id: str | None = None


class DelegationCancel(Extension):
    """A delegation is given up: nothing of it will be said."""

    type: Literal["microturn.delegation.cancel"]
    delegation_id: str
    reason: str = "cancelled"
    event_id: str | None = None


class CardAnswer(Extension):
    """What the user answered to a card that asks: the form's values (none: no answer), or {"allow": true or false}."""

    type: Literal["microturn.answer"]
    card_id: str
    values: Annotated[dict[Annotated[str, Field(max_length=200)], Value], Field(max_length=12)]
    event_id: str | None = None


class SessionInfo(BaseModel):
    """After `session.started`: the tick grid, the time of day and the seed that the session begins with, and the token
    that resumes it within `resume_s`."""

    type: Literal["microturn.session"] = "microturn.session"
    token: str
    resume_s: float
    tick_ms: int
    second_of_day: float
    seed: int
    model: str


class Resumed(BaseModel):
    """The session goes on; the engine has reached session time `at_ms`."""

    type: Literal["microturn.resumed"] = "microturn.resumed"
    at_ms: float


class TickReport(BaseModel):
    """The account of one tick: compute time, lateness, deadline misses so far, both levels (rms, 0 to 1)."""

    type: Literal["microturn.tick"] = "microturn.tick"
    tick: int
    at_ms: float
    compute_ms: float
    late_ms: float
    positions: int
    misses: int
    user_rms: float
    model_rms: float


class ClearQueue(BaseModel):
    """Drop the model's audio that is queued and unheard."""

    type: Literal["microturn.clear"] = "microturn.clear"
    at_ms: float


class DoNote(BaseModel):
    """A note of the model to itself: a countdown, a delegation, a cancel."""

    type: Literal["microturn.do"] = "microturn.do"
    at_ms: float
    text: str


class DelegationTask(BaseModel):
    """After `session.delegation.created`: what is to be done, the user's words that it came from, and until when."""

    type: Literal["microturn.delegation"] = "microturn.delegation"
    id: str
    at_ms: float
    task: str
    why: str
    deadline_ms: float


class DelegationState(BaseModel):
    """How far a delegation is that the server works on."""

    type: Literal["microturn.delegation.state"] = "microturn.delegation.state"
    id: str
    at_ms: float
    text: str
    done: float


class DelegationResult(BaseModel):
    """What came of a delegation, as the model got it; `channel` is its manner. `failed`: it says why nothing came of it."""

    type: Literal["microturn.delegation.result"] = "microturn.delegation.result"
    id: str
    at_ms: float
    channel: str
    text: str
    failed: bool = False


class CardShown(BaseModel):
    """A card of the background; one with the same id takes the place of the earlier one.

    `html` is a whole document for a frame without scripts. Questions (`form`, `permission`) have none and are made from
    `content`, which only they have.
    """

    type: Literal["microturn.card"] = "microturn.card"
    id: str
    delegation_id: str
    at_ms: float
    kind: str
    title: str
    content: dict[str, Any]
    html: str = ""


class CardAnswered(BaseModel):
    """A card that asked needs no answer any more: it was answered, here or aloud."""

    type: Literal["microturn.card.answered"] = "microturn.card.answered"
    id: str
    at_ms: float
    values: dict[str, Any]


class DelegationOver(BaseModel):
    """A delegation is over, by its result ("answered") or without one: stop working on it; nothing more of it will be said."""

    type: Literal["microturn.delegation.over"] = "microturn.delegation.over"
    id: str
    at_ms: float
    reason: str
