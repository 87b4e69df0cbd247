"""The page in real Chromium with a fake microphone fed by a WAV file: it connects, words appear, audio comes back."""

import re
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Page, WebSocketRoute
from server_clients import CHROMIUM, start, until

from microturn.protocol.events import Audio, Channel, Frame, Played, Text
from microturn.server.connection import Limits

E = TypeVar("E")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
def limits() -> Limits:
    return Limits(resume_s=20.0)


def test_words_appear_and_audio_comes_back(page: Page) -> None:
    start(page)
    page.wait_for_selector("#conversation .user:has-text('hello')")
    page.wait_for_selector("#conversation .model:has-text('word')")
    page.wait_for_selector("body[data-state=speaking], body[data-state=both]")
    assert re.match(r"\d+ of 200 ms", page.inner_text("#f-compute"))
    page.get_by_role("button", name="End", exact=True).click()
    page.wait_for_selector("#link[data-link=closed]")
    assert page.inner_text("#state") == "Ready when you are"


def sent(engine: Any, kind: type[E]) -> list[E]:
    return [event for handle in engine.handles for event in handle.received if isinstance(event, kind)]


def test_what_the_page_sends(page: Page, engine: Any) -> None:
    start(page)
    page.get_by_label("Show the camera to the model").click()
    page.get_by_label("Type to the model").fill("stop")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-state=speaking], body[data-state=both]")
    until(page, lambda: len(sent(engine, Frame)) >= 3)
    until(page, lambda: any(ack.until_ms > 300 for ack in sent(engine, Played)))
    frames = sent(engine, Frame)
    assert sent(engine, Text)[0].text == "stop" and page.is_visible("#conversation .user:has-text('stop')")
    assert frames[0].rgb.shape == (160, 160, 3) and frames[0].rgb.max() > 100
    page.get_by_label("Mute the microphone").click()
    page.wait_for_selector("body[data-state=muted]")
    page.wait_for_timeout(300)
    assert not sent(engine, Audio)[-1].samples.any()


def test_a_shared_screen_is_seen_whole(page: Page, engine: Any) -> None:
    page.add_init_script("""
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 160 });
        const pen = canvas.getContext("2d");
        setInterval(() => { pen.fillStyle = "#e02020"; pen.fillRect(0, 0, 320, 160); }, 50);
        return canvas.captureStream(10);
      };
    """)
    page.reload()
    start(page)
    page.get_by_label("Share the screen with the model").click()
    until(page, lambda: len(sent(engine, Frame)) >= 3)
    frame = sent(engine, Frame)[-1]
    assert frame.channel is Channel.SCREEN
    assert frame.rgb[80, 80].tolist()[0] > 180 and frame.rgb[80, 80].tolist()[2] < 90, "red in the middle"
    assert frame.rgb[10].max() < 40 and frame.rgb[-10].max() < 40, "fitted, not cropped: bars above and below"


def test_the_microphone_is_asked_to_cancel_the_echo(page: Page) -> None:
    page.add_init_script("""
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) => { window.wanted = wanted; return ask(wanted); };
    """)
    page.reload()
    start(page)
    page.wait_for_selector("#conversation .user:has-text('hello')")
    assert page.evaluate("window.wanted.audio.echoCancellation") is True


def test_work_that_was_handed_over_is_shown_and_can_be_cancelled(page: Page) -> None:
    start(page)
    page.get_by_label("Type to the model").fill("find out")
    page.keyboard.press("Enter")
    page.wait_for_selector("#conversation .work.open:has-text('Working on: the weather')")
    page.get_by_role("button", name="Cancel: the weather").click()
    page.wait_for_selector("#conversation .work:not(.open):has-text('cancelled')")
    page.wait_for_selector("#work li", state="detached")


def test_without_a_microphone_one_can_still_type(page: Page, engine: Any) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }"
    )
    page.reload()
    start(page)
    assert "Allow it in the address bar" in page.inner_text("#notice")
    page.get_by_label("Type to the model").fill("hello there")
    page.keyboard.press("Enter")
    page.wait_for_selector("#conversation .model:has-text('word')")  # time goes on: the model speaks
    assert page.is_visible("text=hello there") and sent(engine, Text)


def test_a_dropped_connection_is_resumed(page: Page, engine: Any) -> None:
    links: list[WebSocketRoute] = []

    def pass_on(link: WebSocketRoute) -> None:
        link.connect_to_server()
        links.append(link)

    page.route_web_socket("**/v1/live/sessions*", pass_on)
    start(page)
    page.wait_for_selector("#conversation .model")
    links[0].close(code=1011)
    page.wait_for_selector("body[data-state=reconnecting]")
    until(page, lambda: page.locator("#conversation .note").count() > 0)
    assert page.inner_text("#conversation .note") == "Connected again"
    assert len(links) == 2 and len(engine.handles) == 1


def test_the_phone_layout_fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start(page)
    page.wait_for_selector("#conversation .model:has-text('word')")
    outside = """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && e.closest("svg") === null)
      .filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.bottom > innerHeight + 1 })
      .filter((e) => !e.closest("#conversation li, canvas, #options")).map((e) => e.id || e.className)"""
    assert page.evaluate(outside) == []
    small = """() => [...document.querySelectorAll("button")].filter((e) => e.checkVisibility() && e.clientHeight < 40).length"""
    assert page.evaluate(small) == 0
