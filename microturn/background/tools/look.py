"""`look`: the latest picture of the camera or the screen that came with the conversation, for a background model that takes
pictures, and on the page.

Letters: H height, W width, C colours.
"""

import asyncio
import base64

import numpy as np
from numpy.typing import NDArray

from microturn.background.brief import Brief
from microturn.background.cards import MOST_BYTES
from microturn.background.tools.tool import JSON, Found, Tool, ToolError
from microturn.protocol.events import Card
from microturn.protocol.wire import image_bytes

MOST_BASE64 = MOST_BYTES - 1024  # of a card's picture; the rest of its content is beside it
OLD_MS = 5000.0


def look() -> list[Tool]:
    """The tool `look`."""
    return [
        Tool(
            name="look",
            summary="See what the user's camera or screen shows now.",
            parameters={"type": "object", "properties": {}, "additionalProperties": False},
            run=_look,
            foreign=True,  # what is written in a picture is data, too
        )
    ]


async def _look(arguments: JSON, brief: Brief) -> Found:
    del arguments
    if not brief.conversation.frames:
        raise ToolError("there is no picture: the camera and the screen are off")
    frame = max(brief.conversation.frames, key=lambda frame: frame.at_ms)
    height, width, _ = frame.rgb.shape
    ago_ms = max(0.0, brief.conversation.duration_ms - frame.at_ms)
    when = f"{ago_ms / 1000:.0f} seconds ago, the {frame.channel} may be off by now" if ago_ms > OLD_MS else "now"
    picture, small = await asyncio.to_thread(lambda: (image_bytes(frame.rgb), _fitting(frame.rgb)))
    said = f"what the {frame.channel} shows"
    card = Card(
        at_ms=0.0,
        id="look",
        delegation=brief.delegation.id,
        kind="image",
        title=said,
        content={"data": base64.b64encode(small).decode(), "alt": f"{said}, {when}"},
    )
    text = f"a picture of the {frame.channel}, {width} by {height}, {when}"
    return Found(text=text, cards=(card,), images=(picture,))


def _fitting(rgb_HWC: NDArray[np.uint8]) -> bytes:
    """A JPEG of the frame that a card can hold; every second pixel, again and again, where it is too large."""
    picture = image_bytes(rgb_HWC)
    while len(picture) * 4 // 3 + 4 > MOST_BASE64:
        rgb_HWC = np.ascontiguousarray(rgb_HWC[::2, ::2])
        picture = image_bytes(rgb_HWC)
    return picture
