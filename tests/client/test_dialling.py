"""What a system answers instead of a session: one sentence with its own words, and whether to try again."""

import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

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
            "401 Unauthorized: Incorrect API key; check the key",
        ),
        (403, "go away", Failure.REFUSED, "403 Forbidden: go away; check the key"),
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


def test_the_wait_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send(json.dumps({}))

    from websockets.http11 import Response

    real = ServerConnection.respond

    def with_header(self: Any, status: Any, text: str) -> Response:
        response = real(self, status, text)
        response.headers["Retry-After"] = "7"
        return response

    monkeypatch.setattr(ServerConnection, "respond", with_header)
    with serving(talk, key_header="Authorization", status=429) as url:
        assert refusal(url).wait_s == 7
