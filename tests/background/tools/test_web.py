"""Searching and reading: what is asked of whom, which addresses are refused, and what is left of a bad answer. Local servers only."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from microturn.background.brief import Brief
from microturn.background.tools import web as web_tools
from microturn.background.tools.tool import Toolbox, ToolError
from microturn.background.tools.web import MOST_BYTES, Web, is_public, page, searched, web
from microturn.protocol.events import Answer, Card, Delegation
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio
ARTICLE = (
    "<html><head><title>The mill</title></head><body><nav>menu</nav><article><p>"
    + "The mill was built in seventeen twelve by the river and still turns on Sundays. " * 4
    + "</p></article><script>alert(1)</script></body></html>"
)
RESULTS = [{"title": f"Page {n}", "url": f"http://page{n}.test/", "content": "some  words"} for n in range(9)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Site:
    """A server: `pages` by path are (status, headers, body); what was asked is in `asked`."""

    port: int = 0
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def has(self, path: str, body: bytes | str, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        named = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, named, body.encode() if isinstance(body, str) else body)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, sent))
            path = self.path.partition("?")[0]
            if path == "/hang":
                site.released.wait(10)
            status, headers, body = site.pages.get(path, (404, {}, b"no"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                pass

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield site
    site.released.set()
    server.shutdown()
    server.server_close()


def near(**more: Any) -> Web:
    return replace(Web(pages=True, private=True, timeout_s=5.0), **more)


def test_only_what_is_configured_is_offered() -> None:
    assert web(Web()) == []
    assert [tool.name for tool in web(Web(pages=True))] == ["read_page"]
    both = web(Web(engine="brave", key="k", pages=True))
    assert [tool.name for tool in both] == ["search_web", "read_page"] and all(tool.foreign for tool in both)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"engine": "altavista"}, "no search engine 'altavista'"),
        ({"engine": "searxng"}, "needs its url"),
        ({"engine": "tavily"}, "needs a key"),
        ({"timeout_s": 0.0}, "positive"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Web(**settings)


async def test_a_search_with_searxng(site: Site) -> None:
    site.has("/search", json.dumps({"results": RESULTS}), "application/json")
    found = await searched("the mill & more", Web(engine="searxng", url=site.at("")))
    assert site.asked[0][0] == "/search?q=the+mill+%26+more&format=json"
    assert found.splitlines()[:3] == ["Page 0", "http://page0.test/", "some words"] and found.count("Page") == 5


async def test_a_search_with_brave(site: Site) -> None:
    results = [{"title": "A", "url": "http://a.test/", "description": "words"}]
    site.has("/s", json.dumps({"web": {"results": results}}), "application/json")
    assert await searched("mill", Web(engine="brave", key="k3y", url=site.at("/s"))) == "A\nhttp://a.test/\nwords"
    path, headers, _ = site.asked[0]
    assert path == "/s?q=mill&count=5" and headers["x-subscription-token"] == "k3y"


async def test_a_search_with_tavily(site: Site) -> None:
    site.has("/s", json.dumps({"results": []}), "application/json")
    assert await searched("mill", Web(engine="tavily", key="k3y", url=site.at("/s"))) == "nothing was found"
    _, headers, sent = site.asked[0]
    assert headers["authorization"] == "Bearer k3y" and json.loads(sent) == {"query": "mill", "max_results": 5}


@pytest.mark.parametrize(
    "body", ["no json", "[]", '{"results": 7}', '{"results": [7]}', '{"results": [{}]}', "[" * 100_000]
)
async def test_a_search_that_answers_nonsense(site: Site, body: str) -> None:
    site.has("/search", body, "application/json")
    with pytest.raises(ToolError, match="makes no sense"):
        await searched("mill", Web(engine="searxng", url=site.at("")))


async def test_a_search_that_is_down(site: Site) -> None:
    with pytest.raises(ToolError, match="it answers 404"):
        await searched("mill", Web(engine="searxng", url=site.at("/other")))
    with pytest.raises(ToolError, match="the search could not be reached"):
        await searched("mill", Web(engine="searxng", url="http://127.0.0.1:9"))


async def test_a_page_is_read(site: Site) -> None:
    site.has("/mill", ARTICLE)
    text = await page(site.at("/mill"), near())
    assert text.startswith("The mill\nThe mill was built") and "menu" not in text and "alert" not in text


async def test_plain_texts_are_read_as_they_are(site: Site) -> None:
    site.has("/t", "gr\xfcn".encode("latin-1"), "text/plain; charset=latin-1")
    site.has("/u", "grün", "text/markdown; charset=no-such")
    assert [await page(site.at(path), near()) for path in ("/t", "/u")] == ["grün", "grün"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/", "http://10.1.2.3/", "http://192.168.0.1/",
        "http://172.16.5.5/", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://[fe80::1]/",
        "http://[fd00::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "http://168.63.129.16/",
        "http://localhost./", "http://①②⑦.0.0.1/", "http://127.0.0.1:22/", "http://[::127.0.0.1]/", "http://0.0.0.0:8080/",
    ],
)  # fmt: skip
async def test_this_machine_and_its_network_are_out_of_reach(url: str) -> None:
    with pytest.raises(ToolError, match="not on the public internet|no such address|it is no address"):
        await page(url, Web(pages=True))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.test/",
        "javascript:alert(1)",
        "http://user:secret@a.test/",
        "http://",
        "data:,x",
        "x",
    ],
)
async def test_only_http(url: str) -> None:
    with pytest.raises(ToolError, match="only http and https"):
        await page(url, near())


async def test_no_redirect_leads_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_tools, "is_public", lambda address: address == "127.0.0.1")
    site.has("/mill", ARTICLE)
    site.has("/in", "", status=302, Location=f"http://127.0.0.2:{site.port}/mill")
    site.has("/file", "", status=302, Location="file:///etc/passwd")
    site.has("/on", "", status=307, Location="/mill")
    settings = Web(pages=True)
    assert "seventeen" in await page(site.at("/on"), settings)
    with pytest.raises(ToolError, match="not on the public internet"):
        await page(site.at("/in"), settings)
    with pytest.raises(ToolError, match="only http and https"):
        await page(site.at("/file"), settings)


async def test_the_connection_goes_to_the_address_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with a public address once and with one of ours next time gets one question."""
    questions: list[str] = []

    async def resolved(host: str, port: int, **_: Any) -> list[Any]:
        questions.append(host)
        assert len(questions) == 1
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    monkeypatch.setattr(web_tools, "is_public", lambda address: True)
    site.has("/mill", ARTICLE)
    assert "seventeen" in await page(f"http://mill.test:{site.port}/mill", Web(pages=True))
    assert questions == ["mill.test"] and site.asked[0][1]["host"] == f"mill.test:{site.port}"


async def test_one_bad_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    with pytest.raises(ToolError, match="public internet"):
        await page("http://mill.test/", Web(pages=True))


async def test_what_cannot_be_read(site: Site) -> None:
    site.has("/round", "", status=302, Location="/round")
    site.has("/picture", b"\x89PNG", "image/png")
    site.has("/empty", "<html></html>")
    site.has("/damaged", b"nothing", Content_Encoding="gzip")
    site.has("/odd", b"x", Content_Encoding="br")
    says = {
        "/round": "leads on and on", "/picture": "it is no text", "/empty": "no text on it", "/none": "answers 404",
        "/damaged": "damaged", "/odd": "packed",
    }  # fmt: skip
    for path, why in says.items():
        with pytest.raises(ToolError, match=why):
            await page(site.at(path), near())


async def test_a_page_that_hangs(site: Site) -> None:
    with pytest.raises(ToolError, match="the page took too long"):
        await page(site.at("/hang"), near(timeout_s=0.3))


async def test_only_so_much_is_read(site: Site) -> None:
    site.has("/large", b"x" * (3 * MOST_BYTES), "text/plain")
    site.has("/bomb", gzip.compress(b"x" * (50 * MOST_BYTES)), "text/plain", Content_Encoding="gzip")
    for path in ("/large", "/bomb"):
        assert len(await page(site.at(path), near())) == MOST_BYTES


class User:
    """Allows or not; what was asked is in `cards`."""

    def __init__(self, *, allows: bool) -> None:
        self.allows, self.cards = allows, list[Card]()

    async def ask(self, card: Card) -> Answer:
        self.cards.append(card)
        return Answer(at_ms=0.0, card=card.id, values={"allow": self.allows})


def asked_by(user: User, task: str) -> Brief:
    delegation = Delegation(at_ms=0.0, id="d1", task=task, why="", deadline_ms=9e9)
    return Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0), ask=user.ask)


async def test_an_address_that_nobody_gave_is_asked_for(site: Site) -> None:
    """An address that a model makes up could carry what it knows."""
    user = User(allows=False)
    site.has("/mill", ARTICLE)
    site.has("/search", json.dumps({"results": [RESULTS[0] | {"url": site.at("/mill")}]}), "application/json")
    box = Toolbox.of(web(near(engine="searxng", url=site.at(""))))
    brief = asked_by(user, f"read {site.at('/other')} please")
    with pytest.raises(ToolError, match="the user does not allow read_page"):
        await box.call("read_page", {"url": site.at("/mill")}, brief)
    assert user.cards[0].title == "may i read a page of the web" and site.asked == []
    with pytest.raises(ToolError, match="answers 404"):  # the user's own
        await box.call("read_page", {"url": site.at("/other")}, brief)
    await box.call("search_web", {"query": "mill"}, brief)
    assert "seventeen" in (await box.call("read_page", {"url": site.at("/mill")}, brief)).text
    with pytest.raises(ToolError, match="does not allow"):
        await box.call("read_page", {"url": site.at("/mill") + "?told=seven"}, brief)
    assert len(user.cards) == 2
    with pytest.raises(ToolError, match="does not allow"):  # found for another delegation
        await box.call("read_page", {"url": site.at("/mill")}, asked_by(user, "read it"))
