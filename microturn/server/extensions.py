"""What OpenAI Live lacks: our own wire events, all named `microturn.*`.

A client asks for the server's half with the query parameter `microturn=1`; others never see one.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, FiniteFloat


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
