"""Which names the server answers to, and that a page which was rebound to it gets neither page nor session."""

import socket

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from microturn.server.hosts import is_known, own_names

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost.:8080", "127.0.0.1:8080", "192.168.0.7:8443", "[::1]:8080", "[fe80::1]", "talk.example:1"],
)
def test_names_and_addresses_that_are_known(host: str) -> None:
    assert is_known(host, {"localhost", "talk.example"})


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "evil.example#@localhost",
        "",
        "[",
        ":80",
    ],
)
def test_others_are_not(host: str) -> None:
    assert not is_known(host, {"localhost", "talk.example"})


def test_a_server_goes_by_its_machines_names_where_others_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Box.home.example")
    own = {"localhost", "box.home.example", "box", "box.local"}
    for bound in ("0.0.0.0", "::", "192.168.0.7"):
        assert own_names(bound) == own
    for bound in ("127.0.0.1", "::1", "localhost"):
        assert own_names(bound) == {"localhost"}
    assert own_names("Talk.example", ["a.b", "C.D."]) == own | {"talk.example", "a.b", "c.d"}


@pytest.mark.parametrize("wrong", ["https://talk.example", "talk.example:8080", "talk.example/", ""])
def test_what_is_no_name_cannot_be_allowed(wrong: str) -> None:
    with pytest.raises(ValueError, match="a host's name alone"):
        own_names("127.0.0.1", [wrong])


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/nothing"])
def test_a_rebound_page_is_told_what_to_do(port: int, path: str) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        refused = http.get(path, headers={"host": f"evil.example:{port}"})
        assert refused.status_code == 421 and "--allow-host evil.example" in refused.text
        assert http.get("/", headers={"host": f"talk.example:{port}"}).status_code == 200


async def test_a_rebound_page_gets_no_session(port: int) -> None:
    """Its origin is the host that it names: only the name gives it away."""
    for path in ("", "/some_session/attach"):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(
                f"ws://evil.example:{port}/v1/live/sessions{path}",
                host="127.0.0.1",
                origin=f"http://evil.example:{port}",  # type: ignore[arg-type]
            )
        assert refusal.value.response.status_code == 421
        assert b"--allow-host evil.example" in refusal.value.response.body


@pytest.mark.parametrize("name", ["localhost", "talk.example", "192.168.0.7", "[fd00::7]"])
async def test_pages_and_programs_of_known_names_get_one(port: int, name: str) -> None:
    for origin in (None, f"http://{name}:{port}"):
        async with connect(
            f"ws://{name}:{port}/v1/live/sessions",
            host="127.0.0.1",
            origin=origin,  # type: ignore[arg-type]
        ) as ws:
            await ws.send('{"type": "session.sing"}')
            assert "error" in str(await ws.recv())
