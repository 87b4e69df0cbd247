"""The page when things go wrong, in real Chromium: full servers, dead links, lost sessions, slow prompts, lost devices."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute
from server_clients import CHROMIUM, start, until

from microturn.protocol.events import Played
from microturn.server.connection import Limits

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
LIVE = "**/v1/live/sessions*"
CLOSED = "#link[data-link=closed]"
# What the page has asked of the browser: contexts, microphones and cameras; `hold` keeps its prompts open until `allow`.
WATCHED = """
  window.contexts = []; window.streams = []; window.locks = []; window.hold = false; window.waiting = [];
  const Real = AudioContext;
  window.AudioContext = class extends Real { constructor(o) { super(o); contexts.push(this); } };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (hold) await new Promise((allow) => waiting.push(allow));
    const stream = await ask(wanted);
    streams.push(stream);
    return stream;
  };
  window.allow = () => waiting.splice(0).forEach((answer) => answer());
  navigator.wakeLock.request = async () => {
    const lock = { released: false, release: async () => (lock.released = true) };
    locks.push(lock);
    return lock;
  };
"""
LIVE_TRACKS = "streams.flatMap((s) => s.getTracks()).filter((t) => t.readyState === 'live').length"


@pytest.fixture
def limits() -> Limits:
    return Limits(resume_s=20.0)


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(WATCHED)
    page.reload()
    return page


def notice(page: Page) -> str:
    page.wait_for_selector("#notice:visible")
    return page.inner_text("#notice span")


def in_state(page: Page, *states: str) -> None:
    page.wait_for_selector(", ".join(f"body[data-state={state}]" for state in states))


def routed(page: Page, *handlers: Callable[[WebSocketRoute], None]) -> list[WebSocketRoute]:
    """The first connection goes to the first handler, and so on; the last takes all others, too."""
    links: list[WebSocketRoute] = []

    def pass_on(link: WebSocketRoute) -> None:
        links.append(link)
        handlers[min(len(links), len(handlers)) - 1](link)

    page.route_web_socket(LIVE, pass_on)
    return links


def through(link: WebSocketRoute) -> None:
    link.connect_to_server()


class DeadLink:
    """To the server and back, until `dead`: then nothing comes through, and nobody is told."""

    dead = False
    page_hung_up = False

    def __call__(self, link: WebSocketRoute) -> None:
        server = link.connect_to_server()
        link.on_message(lambda message: None if self.dead else server.send(message))
        server.on_message(lambda message: None if self.dead else link.send(message))
        link.on_close(lambda code, reason: setattr(self, "page_hung_up", True))


# ---- the server


def test_a_full_server_says_so_and_lets_go_of_the_microphone(page: Page, engine: Any) -> None:
    engine.capacity = 0
    page.get_by_role("button", name="Start talking").click()
    assert "sessions are taken" in notice(page)
    page.wait_for_selector(CLOSED)
    in_state(page, "idle")
    assert page.evaluate(LIVE_TRACKS) == 0
    engine.capacity = 1
    start(page)
    assert not page.is_visible("#notice")


def test_a_server_that_ends_the_session_says_why(page: Page, engine: Any) -> None:
    engine.handles.clear()
    routed(page, lambda link: Script(link).closes("expired"))
    page.get_by_role("button", name="Start talking").click()
    assert "time was up" in notice(page)
    page.wait_for_selector(CLOSED)


def test_after_a_lost_session_everything_begins_at_zero(page: Page, engine: Any) -> None:
    def forgetful(link: WebSocketRoute) -> None:
        server = link.connect_to_server()

        def forward(message: str | bytes) -> None:
            event = json.loads(message)
            if event["type"] == "microturn.resume":
                event["token"] = "of a server that was restarted"
            server.send(json.dumps(event))

        link.on_message(forward)

    links = routed(page, through, forgetful)
    start(page)
    until(page, lambda: page.evaluate("document.getElementById('f-time').textContent >= '0:04'"))
    links[0].close(code=1011)
    page.wait_for_selector("text=This is a new one")
    page.wait_for_selector("#link[data-link=open]")
    assert not page.is_visible("text=Connected again")
    until(page, lambda: page.evaluate("document.getElementById('f-time').textContent <= '0:03'"))
    acks = lambda: [event.until_ms for event in engine.handles[1].received if isinstance(event, Played)]
    until(page, lambda: len(acks()) > 0)
    assert acks()[0] < 3000, acks()
    page.get_by_label("Type to the model").fill("stop")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.locator("#conversation .note").count() == 1
    assert (
        page.locator("#conversation li.model:has(s):has(~ .note)").count() == 0
    )  # only words of the new one are struck


# ---- the connection


def test_a_dead_connection_is_noticed_and_replaced(page: Page, engine: Any) -> None:
    dying = DeadLink()
    links = routed(page, dying, through)
    start(page)
    page.wait_for_selector("#conversation .model")
    dying.dead = True
    page.wait_for_selector("text=Connected again")  # it reconnects too soon to be caught at it on a busy machine
    assert len(links) == 2 and len(engine.handles) == 1


@pytest.mark.parametrize("limits", [Limits(resume_s=1.5)], ids=["1.5 s"])
def test_it_gives_up_with_a_sentence(page: Page, limits: Limits) -> None:
    links = routed(page, through, lambda link: link.close(code=1011))
    start(page)
    links[0].close(code=1011)
    in_state(page, "reconnecting")
    assert "conversation has ended" in notice(page)
    page.wait_for_selector(CLOSED)
    assert page.evaluate(LIVE_TRACKS) == 0


def test_end_works_on_a_dead_connection(page: Page) -> None:
    dying = DeadLink()
    routed(page, dying)
    start(page)
    dying.dead = True
    page.get_by_role("button", name="End", exact=True).click()
    page.wait_for_selector(CLOSED)
    assert page.evaluate(LIVE_TRACKS) == 0
    until(page, lambda: dying.page_hung_up)


# ---- prompts


def test_end_while_the_browser_still_asks(page: Page, engine: Any) -> None:
    page.evaluate("hold = true")
    page.get_by_role("button", name="Start talking").click()
    until(page, lambda: page.evaluate("waiting.length === 1"))
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="Start talking").click()  # and at once again
    until(page, lambda: page.evaluate("waiting.length === 2"))
    page.evaluate("allow()")
    page.wait_for_selector("#link[data-link=open]")
    until(page, lambda: page.evaluate(f"{LIVE_TRACKS} === 1"))
    assert len(engine.handles) == 1
    assert page.evaluate("contexts.map((c) => c.state)") == ["closed", "running"]


def test_a_camera_that_comes_after_the_end_is_let_go(page: Page) -> None:
    start(page)
    page.evaluate("hold = true")
    page.get_by_label("Show the camera to the model").click()
    until(page, lambda: page.evaluate("waiting.length === 1"))
    page.get_by_role("button", name="End", exact=True).click()
    page.evaluate("allow()")
    until(page, lambda: page.evaluate("streams.length === 2"))
    until(page, lambda: page.evaluate(f"{LIVE_TRACKS} === 0"))
    assert not page.is_visible("#preview")


# ---- devices


def test_stopped_sound_is_said_and_goes_on(page: Page) -> None:
    start(page)
    assert page.evaluate("locks.length") == 1
    page.evaluate("contexts[0].suspend()")
    in_state(page, "paused")
    assert "sound has stopped" in notice(page)
    page.get_by_role("button", name="Go on").click()
    in_state(page, "listening", "hearing", "speaking", "both")
    assert not page.is_visible("#notice")
    page.get_by_role("button", name="End", exact=True).click()
    assert page.evaluate("locks[0].released")


def test_a_lost_microphone_is_said_and_can_come_back(page: Page) -> None:
    start(page)
    page.evaluate("streams[0].getTracks()[0].dispatchEvent(new Event('mute'))")
    in_state(page, "hushed")
    page.evaluate("streams[0].getTracks()[0].dispatchEvent(new Event('unmute'))")
    in_state(page, "listening", "hearing")
    page.evaluate("streams[0].getTracks()[0].dispatchEvent(new Event('ended'))")
    in_state(page, "deaf")
    assert "microphone is gone" in notice(page) and page.is_disabled("#mute")
    page.get_by_role("button", name="Use the microphone").click()
    until(page, lambda: page.is_enabled("#mute"))
    in_state(page, "hearing", "both")
    assert page.evaluate(LIVE_TRACKS) == 1


def test_without_any_microphone_one_can_still_listen(page: Page) -> None:
    refuse = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }"
    page.evaluate(f"void ({refuse})")
    start(page)
    assert "No microphone was found" in notice(page)
    in_state(page, "deaf")
    page.wait_for_selector("#conversation .model")


def test_an_insecure_address_is_told_what_to_do(browser: Browser, port: int) -> None:
    plain = browser.new_page()
    plain.goto(f"http://phone.test:{port}/")
    said = notice(plain)
    assert "https" in said and f"http://localhost:{port}/" in said
    assert not plain.is_visible("#screen")  # nor is there one on a phone
    plain.get_by_role("button", name="Start talking").click()
    assert plain.get_attribute("body", "data-state") == "idle" and notice(plain) == said
    plain.close()


# ---- voice that comes in bulk


class Script:
    """A server of a few lines: starts or resumes a session, ticks with the page's audio, notes what has been played."""

    def __init__(self, link: WebSocketRoute) -> None:
        self.link, self.ticks = link, 0
        self.played: list[float] = []  # one in 200 ms, while voice is heard
        self.on_resume: Callable[[], None] = lambda: None
        self.reason = ""
        link.on_message(self.obey)

    @property
    def played_ms(self) -> float:
        return max(self.played, default=0.0)

    def closes(self, reason: str) -> None:
        self.reason = reason

    def send(self, kind: str, **values: Any) -> None:
        self.link.send(json.dumps({"type": kind, **values}))

    def obey(self, text: str | bytes) -> None:
        message = json.loads(text)
        match message["type"]:
            case "session.start":
                self.send("session.started", session={})
                self.send("microturn.session", token="t", resume_s=30, tick_ms=200, model="nano")
                if self.reason:
                    self.send("session.closed", reason=self.reason)
            case "microturn.resume":
                self.on_resume()
            case "session.input_audio.append":
                self.tick()
            case "microturn.played":
                self.played.append(message["until_ms"])

    def tick(self) -> None:
        figures = {"compute_ms": 1.0, "late_ms": 0.0, "misses": 0, "user_rms": 0.0, "model_rms": 0.0}
        self.send("microturn.tick", tick=self.ticks, at_ms=self.ticks * 40.0, positions=1, **figures)
        self.ticks += 1

    def voice(self, first_ms: int, until_ms: int) -> None:
        tone = (8_000 * np.sin(np.arange(4_800) * (2 * np.pi * 220 / 24_000))).astype("<i2")
        for at_ms in range(first_ms, until_ms, 200):
            delta = base64.b64encode(tone.tobytes()).decode()
            self.send("session.output_audio.delta", delta=delta, start_ms=at_ms, end_ms=at_ms + 200)


def test_a_burst_of_voice_is_cut_to_its_last_second(page: Page) -> None:
    scripts: list[Script] = []
    routed(page, lambda link: scripts.append(Script(link)))
    start(page)
    scripts[0].voice(1_000, 6_000)
    until(page, lambda: scripts[0].played_ms > 5_750)
    assert len(scripts[0].played) <= 10, scripts[0].played  # five seconds would be told 25 times


def test_voice_missed_while_away_is_not_made_up_for(page: Page) -> None:
    scripts: list[Script] = []

    def resumes(link: WebSocketRoute) -> None:
        script = Script(link)
        scripts.append(script)

        def catch_up() -> None:
            script.voice(2_000, 8_000)
            script.send("microturn.resumed", at_ms=20_000.0)

        script.on_resume = catch_up

    routed(page, resumes)
    start(page)
    scripts[0].link.close(code=1011)
    page.wait_for_selector("text=Connected again")
    scripts[1].voice(20_000, 20_400)
    until(page, lambda: scripts[1].played_ms > 20_150)
    assert scripts[1].played[0] > 20_000
