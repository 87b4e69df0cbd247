"""The released model at work: a spoken request through the stock client, and through the page in Chromium."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from server_clients import CHROMIUM, chromium, converse
from starlette.applications import Starlette

from microturn.engine.scheduler import Engine, EngineConfig
from microturn.features.audio import resample
from microturn.protocol.released import PACKAGE
from microturn.server.app import application

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not (PACKAGE.parent / "weights" / "nano").exists(), reason="no nano is released yet"),
]
REQUEST = "count from three to seven"
ANSWER = {"three", "four", "five", "six", "seven"}
Serve = Callable[[Starlette], AbstractContextManager[int]]


@pytest.fixture(scope="module")
def request_16k() -> np.ndarray:
    """The request in a voice of the test split, half a second of silence before it and four seconds after."""
    pytest.importorskip("hibari")
    from microturn.data.voices.registry import voices

    voice = next(v for v in voices("test") if v.name.startswith("hibari"))
    speech = voice.say(REQUEST)
    samples = resample(speech.samples, speech.rate_hz, 16_000)
    samples *= 0.3 / np.abs(samples).max()
    return np.concatenate([np.zeros(8_000, np.float32), samples, np.zeros(64_000, np.float32)])


@pytest.fixture
def app() -> Starlette:
    from microturn.model.interaction import InteractionModel

    return application(Engine(InteractionModel.load("nano"), EngineConfig(slots=2, model="nano")), model="nano")


async def test_the_stock_client_asks_and_is_answered(serve_app: Serve, app: Starlette, request_16k: np.ndarray) -> None:
    with serve_app(app) as port:
        came = await converse(port, request_16k, len(request_16k) / 16_000)
    assert not came["error"]
    assert len(set(came["heard"].split()) & set(REQUEST.split())) >= 3, came["heard"]
    assert len(set(came["said"].split()) & ANSWER) >= 3, came["said"]
    sound = np.frombuffer(b"".join(came["session.output_audio.delta"]), np.int16)
    assert len(sound) > 16_000 and np.abs(sound).max() > 1_000


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_shows_its_words_and_plays_its_voice(
    serve_app: Serve, app: Starlette, tmp_path: Path, request_16k: np.ndarray
) -> None:
    with serve_app(app) as port, chromium(tmp_path / "request.wav", request_16k, 16_000) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("button", name="Start talking").click()
        page.wait_for_selector("#conversation .user:has-text('count')", timeout=20_000)
        page.wait_for_selector("#conversation .model", timeout=20_000)
        page.wait_for_selector("body[data-state=speaking], body[data-state=both]", timeout=20_000)
        page.wait_for_timeout(2_000)
        said = page.inner_text("#conversation .model")
    assert set(said.lower().split()) & ANSWER, said
