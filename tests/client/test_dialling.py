"""What a system answers instead of a session: one sentence with its own words, and whether to try again."""

from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response

from microturn.client.exchange import converse
from microturn.client.realtime import Realtime
from microturn.protocol.failure import Failure, SystemFailed
from tests.client.peers import serving, stimulus

SHORT = stimulus(duration_ms=200)


async def silent(socket: ServerConnection) -> None:
    await socket.wait_closed()


def refusal(address: str, **headers: str) -> SystemFailed:
    with pytest.raises(SystemFailed) as caught:
        converse(Realtime(address, headers), SHORT)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "failure", "sentence"),
    [
        (
            401,
            '{"error": {"message": "Incorrect API key"}}',
            Failure.REFUSED,
            "401 Unauthorized: Incorrect API key; put the right key into the environment variable MICROTURN_SYSTEM_KEY",
        ),
        (403, "go away", Failure.REFUSED, "403 Forbidden: go away; put the right key into"),
        (404, '[{"error": "no model m"}]', Failure.REFUSED, "404 Not Found: no model m; check the address and model"),
        (429, "", Failure.UNREACHABLE, "429 Too Many Requests; try again later"),
        (503, "x" * 1000, Failure.UNREACHABLE, "xxx...; try again later"),
    ],
)
def test_an_http_answer(status: int, body: str, failure: Failure, sentence: str) -> None:
    with serving(silent, key_header="Authorization", status=status, body=body) as url:
        error = refusal(f"{url}/v1/realtime?model=m&key=secret", Authorization="Bearer wrong")
    assert error.failure is failure and sentence in str(error)
    assert "secret" not in str(error) and "wrong" not in str(error) and len(str(error)) < 500


def test_a_host_that_is_not_there() -> None:
    error = refusal("ws://no-such-host.invalid/v1")
    assert error.failure is Failure.REFUSED and "there is no host no-such-host.invalid" in str(error)


def test_a_port_on_which_nothing_listens() -> None:
    error = refusal("ws://127.0.0.1:9/v1")
    assert error.failure is Failure.UNREACHABLE and "no server at ws://127.0.0.1:9/v1" in str(error)


def test_an_address_that_is_none() -> None:
    with pytest.raises(ValueError, match="looks like ws://host:port/path"):
        converse(Realtime("http://127.0.0.1:9"), SHORT)


def answering(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Refusals of our small servers have this header."""
    real = ServerConnection.respond

    def with_header(self: Any, status: Any, text: str) -> Response:
        response = real(self, status, text)
        response.headers[name] = value
        return response

    monkeypatch.setattr(ServerConnection, "respond", with_header)


def test_the_wait_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "Retry-After", "7")
    with serving(silent, key_header="Authorization", status=429) as url:
        assert refusal(url).wait_s == 7


def test_a_key_does_not_follow_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[str] = []

    async def talk(socket: ServerConnection) -> None:
        came.append(str(socket.request))

    with serving(talk) as elsewhere, serving(silent, key_header="Authorization", status=307) as url:
        answering(monkeypatch, "Location", f"{elsewhere}/v1?key=secret")
        error = refusal(url, **{"x-goog-api-key": "g-2"})
    assert not came and error.failure is Failure.REFUSED
    assert f"it sends us to {elsewhere}/v1; check the address" in str(error) and "secret" not in str(error)
