"""What there is to do after a message of the client or an event of the engine: values, which the shell carries out."""

from dataclasses import dataclass

from microturn.protocol.events import (
    Answer,
    Audio,
    Cancel,
    Channel,
    Delegation,
    Frame,
    Played,
    Text,
    Work,
)
from microturn.protocol.wire import image_rgb

MAX_FRAME_PIXELS = 1 << 20


@dataclass(frozen=True)
class Reply:
    """JSON text for this client."""

    text: str


@dataclass(frozen=True)
class Start:
    """Open an engine session, then call `LiveCodec.started`."""


@dataclass(frozen=True)
class Resume:
    """Go on with the dropped session of `token` from its message number `received`."""

    token: str
    received: int


@dataclass(frozen=True)
class Close:
    """Close the engine session; its `Closed` event becomes `session.closed`."""


@dataclass(frozen=True)
class Picture:
    """A frame as it came. Unpacking takes up to some 20 ms, so it is left to a thread of the caller."""

    at_ms: float
    channel: Channel
    data: bytes
    event_id: str | None

    def frame(self) -> Frame:
        """`ValueError` when the picture is damaged, or larger than a megapixel."""
        rgb = image_rgb(self.data, max_pixels=MAX_FRAME_PIXELS)
        return Frame(at_ms=self.at_ms, channel=self.channel, rgb=rgb)


@dataclass(frozen=True)
class Tell:
    """What the other connections of this session and its recording are to know of: what became of delegated work."""

    event: Work


Input = Audio | Frame | Text | Played
Action = Reply | Start | Resume | Close | Picture | Audio | Text | Played | Cancel | Answer | Tell
Todo = Reply | Text | Delegation | Cancel | Answer | Tell
