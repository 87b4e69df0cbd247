"""Cards on the page, in real Chromium: drawn, updated, asked and answered, on a phone too; hostile ones stay in their frames."""

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, WebSocketRoute
from server_clients import CHROMIUM, start, until

from microturn.background.brief import Brief, Report
from microturn.background.drawing.charts import plotted
from microturn.protocol.events import Card, Channel, Progress, Result
from microturn.server.app import application
from microturn.server.connection import Limits
from tests.server.conftest import FakeEngine, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
LIVE = "**/v1/live/sessions*"
BOUND_MS, TIMES = 300, 20
FORM = [
    {"name": "town", "label": "Town", "kind": "text"},
    {"name": "nights", "label": "Nights", "kind": "number"},
    {"name": "room", "label": "Room", "kind": "choice", "options": ["single", "double"]},
    {
        "name": "month",
        "label": "Month",
        "kind": "choice",
        "options": ["may", "june", "july", "august", "october", "may b"],
    },
    {"name": "breakfast", "label": "Breakfast", "kind": "yes_no"},
]
CODE = "print('a')\n# <b>not bold</b> \u202eevil"


def card(kind: str, id: str, title: str, **content: Any) -> Card:
    return Card(at_ms=0.0, id=id, delegation="", kind=kind, title=title, content=content)


class Shows:
    """Does what the task says; `answers` are what the user answered."""

    name = "shows"

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.stopped = 0
        self.hostile = ""
        self.go_on = False

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        task = brief.delegation.task.split()[0]
        yield Progress(at_ms=0.0, delegation="", text=f"begun {brief.delegation.id}", done=0.4)
        if task == "chart":
            yield card("chart", "c", "Highs of the week", spec=plotted("line", ["mon", "tue"], [3, 5]))
        elif task == "table":
            yield card("table", "t", "The week", columns=["day", "high"], rows=[["mon", i] for i in range(40)])
        elif task == "grow":
            for text in ("one", "two"):
                yield card("markdown", "g", f"Part {text}", text=text)
                while not self.go_on:
                    await asyncio.sleep(0.02)
        elif task == "hostile":
            yield card("html", "h", "Hostile", html=self.hostile)
        elif task in ("permission", "form"):
            detail = json.dumps({"code": CODE})
            asked = card("permission", "p", "may i run a program", tool="run_python", detail=detail)
            if task == "form":
                asked = card("form", "f", "book a room", fields=FORM)
            self.answers.append(dict((await brief.ask(asked)).values))
        elif task == "wait":
            try:
                await asyncio.sleep(60)
            finally:
                self.stopped += 1
        text = "there it is"
        yield Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text=text, failed=task == "fail")


@pytest.fixture
def limits() -> Limits:
    return Limits(resume_s=20.0)


@pytest.fixture
def worker() -> Shows:
    return Shows()


@pytest.fixture
def port(engine: FakeEngine, limits: Limits, worker: Shows) -> Iterator[int]:
    with serving(application(engine, model="nano", limits=limits, worker=worker)) as number:
        yield number


def tell(page: Page, text: str) -> None:
    page.get_by_label("Type to the model").fill(text)
    page.keyboard.press("Enter")


def shown(page: Page, title: str) -> FrameLocator:
    """What is in the frame of the card of that title."""
    return page.frame_locator(f"#cards iframe[title='{title}']:not(.coming)")


def test_work_that_came_to_nothing_is_marked(page: Page) -> None:
    start(page)
    for task, ends in (("fail", "failed"), ("chart", "answered")):
        tell(page, f"delegate {task}")
        page.wait_for_selector(f"#conversation .work:not(.open):has-text('{task} – {ends}')")


# ---- what is shown


def test_a_chart_is_drawn_in_a_frame_as_tall_as_it(page: Page) -> None:
    start(page)
    tell(page, "delegate chart")
    shown(page, "Highs of the week").locator("svg path").first.wait_for()
    frame = page.locator("#cards iframe")
    assert frame.get_attribute("sandbox") == "allow-same-origin"
    tall = shown(page, "Highs of the week").locator("body").evaluate("(body) => body.getBoundingClientRect().height")
    assert 100 < tall and abs(frame.evaluate("(frame) => frame.clientHeight") - tall) < 2
    assert page.inner_text("#aloud") == "On the page: Highs of the week"
    page.get_by_role("button", name="Close: Highs of the week").click()
    until(page, lambda: page.locator("#cards li").count() == 0 and not page.is_visible(".beside"))


def test_the_dark_has_its_own_colours(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    start(page)
    tell(page, "delegate chart")
    line = shown(page, "Highs of the week").locator("svg path[stroke='#2f6f8f']").first
    line.wait_for()
    assert line.evaluate("(line) => getComputedStyle(line).stroke") == "rgb(107, 179, 214)"


def test_a_card_is_updated_in_its_place_and_the_newest_is_first(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate grow")
    shown(page, "Part one").get_by_text("one").wait_for()
    worker.go_on = True
    tell(page, "delegate table")
    shown(page, "Part two").get_by_text("two").wait_for()
    page.wait_for_selector("#cards h3:has-text('The week')")
    assert page.locator("#cards h3").all_inner_texts() == ["The week", "Part two"]
    assert page.locator("#cards iframe:not(.coming)").count() == 2
    assert page.evaluate("document.activeElement.id") == "text"  # nothing took the focus


def test_a_new_conversation_begins_without_cards(page: Page) -> None:
    start(page)
    tell(page, "delegate table")
    page.wait_for_selector("#cards li")
    page.get_by_role("button", name="End", exact=True).click()
    page.wait_for_selector("#link[data-link=closed]")
    assert page.locator("#cards li").count() == 1  # to be read
    start(page)
    assert page.locator("#cards li").count() == 0


# ---- work


def test_progress_is_seen_and_cancel_stops_the_work(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate wait for it")
    page.wait_for_selector("#work .said:has-text('begun')")
    assert page.get_by_role("progressbar", name="wait for it").evaluate("(bar) => bar.value") == 0.4
    page.wait_for_selector("#work time:has-text('0:01')")
    page.get_by_role("button", name="Cancel: wait for it").click()
    page.wait_for_selector("#conversation .work:has-text('cancelled')")
    until(page, lambda: worker.stopped == 1)
    page.wait_for_selector("#work li", state="detached")


def test_the_first_progress_is_on_the_page_in_time(page: Page) -> None:
    """From the text upon which the fake writes its note, sent by the page, to the progress in its document."""
    start(page)
    took_ms = page.evaluate(
        """async (times) => {
          const took = [];
          for (let i = 1; i <= times; i++) {
            const seen = new Promise((done) => {
              const watch = new MutationObserver(() => {
                if (!document.getElementById("work").textContent.includes(`begun delegation_${i}`)) return;
                watch.disconnect();
                done(performance.now());
              });
              watch.observe(document.getElementById("work"), { subtree: true, childList: true, characterData: true });
            });
            const began = performance.now();
            document.getElementById("text").value = `delegate quick ${i}`;
            document.getElementById("type").requestSubmit();
            took.push((await seen) - began);
          }
          return took;
        }""",
        TIMES,
    )
    print(f"\nfirst progress on the page: median of {TIMES} {np.median(took_ms):.1f} ms, most {max(took_ms):.1f} ms")
    assert np.median(took_ms) < BOUND_MS


# ---- questions


def test_a_permission_is_asked_with_what_exactly_will_run(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate permission")
    page.wait_for_selector("#cards .asks:has-text('may i run a program')")
    exact = page.inner_text("#cards .asks pre")
    assert exact == "print('a')\n# <b>not bold</b> \\u{202e}evil"  # what cannot be seen is spelt out
    assert page.inner_text("#aloud") == "It asks: may i run a program"
    assert page.evaluate("document.activeElement.id") == "text"
    page.get_by_role("button", name="Allow", exact=True).click()
    until(page, lambda: worker.answers == [{"allow": True}])
    page.wait_for_selector("#cards .settled:has-text('Allowed')")


def test_a_permission_is_refused_or_given_aloud(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate permission")
    page.get_by_role("button", name="Do not allow").click()
    page.wait_for_selector("#cards .settled:has-text('Not allowed')")
    tell(page, "delegate permission again")
    page.wait_for_selector("#cards .asks:not(.settled)")
    tell(page, "allow")
    page.wait_for_selector("#cards .settled:has-text('Allowed')")
    until(page, lambda: worker.answers == [{"allow": False}, {"allow": True}])


def test_the_values_of_a_form_arrive(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate form")
    page.get_by_label("Town").fill("oslo")
    page.get_by_role("button", name="Send").last.click()
    assert worker.answers == []  # not before all is filled in
    page.get_by_label("Nights").fill("2.5")
    page.get_by_label("double").check()
    page.get_by_label("Month").select_option("october")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("book a room").get_by_role("button", name="Send").click()
    given = {"town": "oslo", "nights": 2.5, "room": "double", "month": "october", "breakfast": False}
    until(page, lambda: worker.answers == [given])
    page.wait_for_selector("#cards .settled dd:has-text('october')")


def test_a_form_can_be_left_and_goes_when_its_work_is_over(page: Page, worker: Shows) -> None:
    start(page)
    tell(page, "delegate form")
    page.get_by_role("button", name="Skip").click()
    until(page, lambda: worker.answers == [{}])
    tell(page, "delegate form again")
    page.wait_for_selector("#cards .asks:not(.settled)")
    page.get_by_role("button", name="Cancel: form again").click()
    page.wait_for_selector("#cards .asks:not(.settled)", state="detached")
    assert worker.answers == [{}]


def test_cards_survive_a_lost_connection_and_so_does_an_answer(page: Page, worker: Shows) -> None:
    links: list[WebSocketRoute] = []

    def pass_on(link: WebSocketRoute) -> None:
        link.connect_to_server()
        links.append(link)

    page.route_web_socket(LIVE, pass_on)
    start(page)
    tell(page, "delegate table")
    tell(page, "delegate permission")
    page.wait_for_selector("#cards .asks")
    links[0].close(code=1011)
    page.wait_for_selector("body[data-state=reconnecting]")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_selector("#cards .settled:has-text('Allowed')")
    page.wait_for_selector("#cards [data-kind=table]")  # whether it came before or after
    assert worker.answers == [{"allow": True}]
    assert page.locator("#cards > li").count() == 2 and not page.is_visible("#notice")


# ---- on a phone


def test_on_a_phone_cards_are_a_strip_and_everything_fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start(page)
    for task in ("chart", "table", "permission"):
        tell(page, f"delegate {task}")
        page.wait_for_selector(f"#cards [data-kind={task}]")
    outside = """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && e.closest("svg") === null)
      .filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.bottom > innerHeight + 1 })
      .filter((e) => !e.closest("#conversation li, #cards > li, canvas, #options")).map((e) => e.id || e.className)"""
    assert page.evaluate(outside) == []
    kinds = page.locator("#cards > li").evaluate_all("(items) => items.map((item) => item.dataset.kind)")
    assert kinds == ["permission", "table", "chart"]
    allow = page.get_by_role("button", name="Allow", exact=True).bounding_box()
    assert allow is not None and allow["height"] >= 44 and allow["x"] >= 0 and allow["y"] + 44 < 844
    assert page.evaluate("document.getElementById('conversation').clientHeight") > 90
    page.wait_for_selector("#conversation .model:has-text('word')")
    below = "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)"
    until(
        page, lambda: page.evaluate(f"{below}(document.getElementById('conversation'))") < 2
    )  # the end stays in sight
    small = "() => [...document.querySelectorAll('.beside button')].filter((e) => e.getBoundingClientRect().height < 44).length"
    assert page.evaluate(small) == 0


# ---- hostile cards


class Lair:
    """A server elsewhere; `hits` are the paths that were asked of it, "" for a connection alone."""

    def __init__(self) -> None:
        self.hits = hits = list[str]()

        class Answer(BaseHTTPRequestHandler):
            def setup(self) -> None:
                hits.append("")
                super().setup()

            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_response(204)
                self.end_headers()

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self) -> str:
        """Everything that a document may try."""
        inner = f"<script>top.canary = 1; fetch('{self.address}/srcdoc')</script>".replace("'", "&#39;")
        vector = f"<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('{self.address}/vector')</script></svg>"
        return f"""
        <script>top.canary = 1; parent.canary = 1; window.canary = 1; fetch('{self.address}/script')</script>
        <img src=x onerror="top.canary = 1"><img src="{self.address}/image"><svg onload="top.canary = 1"></svg>
        <svg><script>top.canary = 1</script><image href="{self.address}/svg-image" /></svg>
        <style>@import url({self.address}/import); @font-face {{ font-family: f; src: url({self.address}/font) }}
          body {{ font-family: f; background: url({self.address}/css) }} p {{ list-style: url({self.address}/list) }}</style>
        <link rel="stylesheet" href="{self.address}/link"><p style="background: url({self.address}/style)">hello</p>
        <iframe src="{self.address}/frame"></iframe><iframe srcdoc='{inner}'></iframe>
        <iframe src="javascript:top.canary = 1"></iframe><object data="{self.address}/object"></object>
        <embed src="{self.address}/embed"><video src="{self.address}/video" autoplay></video>
        <img src="data:image/svg+xml;base64,{base64.b64encode(vector.encode()).decode()}">
        <meta http-equiv="refresh" content="0;url={self.address}/refresh"><base href="{self.address}/">
        <form id="f" action="{self.address}/form" method="post"><input name="x"><button id="send">send</button></form>
        <a id="link" href="{self.address}/clicked">link</a> <a id="top" target="_top" href="{self.address}/top">top</a>
        <a id="run" href="javascript:top.canary = 1">run</a><b id="end">end</b>"""


@pytest.fixture
def lair() -> Iterator[Lair]:
    made = Lair()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_hostile_card_is_shown_without_its_claws(page: Page, worker: Shows, lair: Lair) -> None:
    preconnect = f"<link rel='preconnect' href='{lair.address}'><link rel='prefetch' href='{lair.address}/prefetch'>"
    worker.hostile = preconnect + lair.document()
    start(page)
    tell(page, "delegate hostile")
    shown(page, "Hostile").get_by_text("hello").wait_for()
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.canary") is None and lair.hits == []
    tags = "script, iframe, form, link, base, object, embed, video, a, [onerror], [onload], [src^=http], [href]"
    assert shown(page, "Hostile").locator(tags).count() == 0


def hang(page: Page, html: str) -> None:
    """A card as if our own server had sent it as it is: only the frame and the page's policy hold."""
    links: list[Any] = []

    def pass_on(link: WebSocketRoute) -> None:
        server = link.connect_to_server()
        server.on_message(link.send)
        links.append(link)

    page.route_web_socket(LIVE, pass_on)
    start(page)
    event = {"type": "microturn.card", "id": "h", "delegation_id": "d", "at_ms": 0, "kind": "html", "title": "Hostile"}
    links[0].send(json.dumps(event | {"content": {}, "html": html}))


def test_the_frame_alone_holds_what_the_sieve_would_let_through(page: Page, lair: Lair) -> None:
    hang(page, f"<!doctype html><body>{lair.document()}")
    frame = shown(page, "Hostile")
    frame.locator("#end").wait_for()
    for id in ("run", "send", "top", "link"):
        if frame.locator(f"#{id}").count():
            frame.locator(f"#{id}").click(timeout=2_000, no_wait_after=True)
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.canary") is None and [hit for hit in lair.hits if hit] == []
    assert page.url.endswith("/") and page.is_visible("#link[data-link=open]")


def test_the_same_document_alone_does_harm(browser: Browser, page: Page, lair: Lair) -> None:
    """So the tests above can fail."""
    other = browser.new_page()
    other.set_content(f"<body>{lair.document()}", wait_until="commit")
    until(page, lambda: {"/script", "/image", "/css"} <= set(lair.hits))
    other.close()


@pytest.mark.parametrize("html", ["<div>" * 50_000, "<table>" * 20_000, "&lt;" * 60_000])
def test_a_huge_card_harms_nothing(page: Page, worker: Shows, html: str) -> None:
    worker.hostile = html
    start(page)
    tell(page, "delegate hostile")
    page.wait_for_selector("#cards iframe:not(.coming)")
    page.wait_for_selector("#conversation .model:has-text('word')")
    assert page.evaluate("1 + 1") == 2


def test_ten_megabytes_are_not_shown_and_the_talk_goes_on(page: Page, worker: Shows) -> None:
    worker.hostile = "x" * (10 << 20)
    start(page)
    tell(page, "delegate hostile")
    page.wait_for_selector("#conversation .work:has-text('answered')")
    assert page.locator("#cards li").count() == 0


def test_the_page_obeys_its_own_policy(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    response = page.reload()
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    start(page)
    page.get_by_label("Show the camera to the model").click()
    tell(page, "delegate chart")
    shown(page, "Highs of the week").locator("svg path").first.wait_for()
    page.wait_for_selector("body[data-state=speaking], body[data-state=both]")
    page.wait_for_selector("#preview:visible")
    assert not [text for text in said if "Content Security Policy" in text]
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.canary = 1' }))"
    )
    assert page.evaluate("window.canary") is None
