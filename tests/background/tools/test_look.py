"""`look`: the latest picture, for the model and on the page."""

import base64

import numpy as np
import pytest

from microturn.background.brief import Brief
from microturn.background.cards import checked
from microturn.background.tools.look import look
from microturn.background.tools.tool import Found, Toolbox, ToolError
from microturn.protocol.events import Channel, Delegation, Frame
from microturn.protocol.timeline import Timeline
from microturn.protocol.wire import image_rgb

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def looked(*frames: Frame, until_ms: float = 1000.0) -> Found:
    delegation = Delegation(at_ms=0.0, id="d1", task="", why="", deadline_ms=9e9)
    brief = Brief(delegation=delegation, conversation=Timeline(duration_ms=until_ms, frames=frames))
    return await Toolbox.of(look()).call("look", {}, brief)


def frame(at_ms: float, level: int = 0, channel: Channel = Channel.CAMERA) -> Frame:
    return Frame(at_ms=at_ms, channel=channel, rgb=np.full((24, 32, 3), level, np.uint8))


async def test_the_latest_picture() -> None:
    found = await looked(frame(900.0, 200), frame(100.0, 10, Channel.SCREEN))
    assert "a picture of the camera, 32 by 24, now" in found.text
    (picture,), (card,) = found.images, found.cards
    assert image_rgb(picture).shape == (24, 32, 3) and abs(int(image_rgb(picture).mean()) - 200) < 3
    assert checked(card).kind == "image" and base64.b64decode(card.content["data"]) == picture
    assert card.title == "what the camera shows" and card.delegation == "d1"


async def test_an_old_picture_says_so() -> None:
    found = await looked(frame(1000.0, channel=Channel.SCREEN), until_ms=31_000.0)
    assert "30 seconds ago, the screen may be off by now" in found.text


async def test_no_picture() -> None:
    with pytest.raises(ToolError, match="the camera and the screen are off"):
        await looked()


async def test_a_large_picture_fits_the_card() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), np.uint8)
    found = await looked(Frame(at_ms=0.0, channel=Channel.SCREEN, rgb=rgb))
    shown = image_rgb(base64.b64decode(checked(found.cards[0]).content["data"]))
    assert shown.shape[0] < 1024 and image_rgb(found.images[0]).shape == (1024, 1024, 3)
