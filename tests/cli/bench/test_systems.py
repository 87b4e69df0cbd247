"""`--system`: each word makes the driver it names, with its key and address; a system that fails scores no zero."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from microturn.bench.driver import Driver, LiveDriver
from microturn.bench.partnered import Partnered
from microturn.bench.recorded import RecordedDriver
from microturn.bench.suites import tasks
from microturn.bench.task import Measure, Scenario, Score, Task
from microturn.cli import main
from microturn.cli.bench.systems import SYSTEMS, add_arguments
from microturn.client import exchange
from microturn.client.exchange import Wire
from microturn.client.gemini import Gemini
from microturn.client.keys import SYSTEM_KEY
from microturn.client.live import Live
from microturn.client.moshi import Moshi
from microturn.client.realtime import Realtime
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import scenario
from tests.client.peers import Talk, serving, stimulus
from tests.client.test_live import CLOSED, begin

NAMES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", SYSTEM_KEY)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def made(system: str, *words: str) -> Driver:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--system")
    args = parser.parse_args(["--system", system, *words])
    kind = system.partition(":")[0]
    driver = SYSTEMS["live" if kind in ("ws", "wss") else kind](args)
    assert isinstance(driver, Partnered)
    return driver.driver


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> list[Wire]:
    """The wires that drivers open, instead of connections."""
    opened: list[Wire] = []

    def converse(wire: Wire, world: Timeline) -> Timeline:
        opened.append(wire)
        return world

    monkeypatch.setattr(exchange, "converse", converse)
    return opened


OPENAI, GEMINI = "wss://api.openai.com/v1", "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage"


@pytest.mark.parametrize(
    ("system", "kind", "address", "key"),
    [
        ("ws://h:1", Live, "ws://h:1/v1/live/sessions?microturn=1&second_of_day=0.0&seed=0", "Bearer ours"),
        ("live:gpt-live-1", Live, f"{OPENAI}/live/sessions", "Bearer sk-1"),
        ("live:wss://h/v1/live/sessions", Live, "wss://h/v1/live/sessions", "Bearer ours"),
        (f"live:{OPENAI}/live/sessions", Live, f"{OPENAI}/live/sessions", "Bearer sk-1"),
        ("realtime:gpt-realtime", Realtime, f"{OPENAI}/realtime?model=gpt-realtime", "Bearer sk-1"),
        ("realtime:ws://h:8099/v1/realtime?duplex=1", Realtime, "ws://h:8099/v1/realtime?duplex=1", "Bearer ours"),
        ("realtime:http://h/v1/realtime?model=m", Realtime, "ws://h/v1/realtime?model=m", "Bearer ours"),
        ("gemini:some-model", Gemini, f"{GEMINI}.v1beta.GenerativeService.BidiGenerateContent", "g-2"),
        ("moshi:ws://h:8998", Moshi, "ws://h:8998/api/chat", None),
        ("moshi:wss://h/api/chat?voice_prompt=a.pt", Moshi, "wss://h/api/chat?voice_prompt=a.pt", None),
    ],
)
def test_every_system(
    system: str, kind: type[Wire], address: str, key: str | None, wires: list[Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("OPENAI_API_KEY", "sk-1"), ("GEMINI_API_KEY", "g-2"), (SYSTEM_KEY, "ours")):
        monkeypatch.setenv(name, value)
    driver = made(system)
    assert isinstance(driver, LiveDriver) and driver.sessions == (1 if system.startswith("moshi") else 4)
    driver.converse(stimulus(duration_ms=100))
    (wire,) = wires
    assert type(wire) is kind and wire.address == address
    assert next(iter(wire.headers.values()), None) == key


@pytest.mark.parametrize("system", ["live:wss://h/v1", "live:m", "realtime:wss://h/v1", "realtime:m", "gemini:m"])
def test_a_providers_key_is_not_sent_elsewhere(system: str, wires: list[Wire], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "secret")
    for name in ("OPENAI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        monkeypatch.setenv(name, "https://mine.example/v1")
    driver = made(system)
    assert isinstance(driver, LiveDriver)
    driver.converse(stimulus(duration_ms=100))
    assert wires[0].headers == {} and "secret" not in wires[0].address


def test_other_places_of_the_same_api_settings_and_sessions(
    wires: list[Wire], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://mine/v1/")
    (tmp_path / "session.json").write_text('{"instructions": "be brief"}')
    driver = made("realtime:m/n", "--sessions", "2", "--session", str(tmp_path / "session.json"))
    assert isinstance(driver, LiveDriver) and driver.sessions == 2 and driver.name == "realtime"
    driver.converse(stimulus(duration_ms=100))
    assert wires[0].address == "wss://mine/v1/realtime?model=m%2Fn"
    assert json.loads(wires[0].open()[0])["session"]["instructions"] == "be brief"
    assert isinstance(made(f"recorded:{tmp_path}"), RecordedDriver)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["realtime:gpt-realtime"], "set the environment variable OPENAI_API_KEY"),
        (["gemini:m"], "set the environment variable GEMINI_API_KEY"),
        (["realtime:"], "for example --system realtime:gpt-realtime"),
        (["moshi:localhost"], "looks like ws://localhost:8099/path"),
        (["recorded:/no/such"], "/no/such: no such folder"),
        (["moshi:ws://h", "--sessions", "0"], "--sessions must be at least 1"),
        (["sing:m"], "no system named 'sing:m'"),
        (["local:m"], "no system named 'local:m'"),
    ],
)
def test_a_users_mistake_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    toy(monkeypatch, 1)
    assert main(["bench", "toy", "--system", *words]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1


def toy(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    """A suite of n short scenarios on which anything scores 100 %."""

    def scenarios(count: int, seed_base: int) -> Sequence[Scenario]:
        del seed_base
        return [scenario(str(i), duration_ms=300) for i in range(min(n, count))]

    def there(item: Scenario, output: Timeline) -> Score:
        return Score(value=1.0, explanation="it was there")

    task = Task(name="toy", summary="", scenarios=scenarios, measures=(Measure(name="there", scorer=there),))
    monkeypatch.setitem(tasks(), "toy", task)


def result(capsys: pytest.CaptureFixture[str], system: str) -> tuple[dict[str, Any], str]:
    said = capsys.readouterr()
    return json.loads(said.out.splitlines()[-1])["results"]["toy"][system]["there"], said.out + said.err


def dying(at: Sequence[int]) -> Talk:
    """A Live server whose sessions of these numbers die."""
    sessions: list[int] = []

    async def talk(socket: ServerConnection) -> None:
        sessions.append(0)
        number = len(sessions) - 1
        await begin(socket)
        async for message in socket:
            if number in at:
                await socket.close(1011, "out of memory")
            elif json.loads(message)["type"] == "session.close":
                await socket.send(json.dumps(CLOSED))

    return talk


def test_a_system_that_dies_mid_suite_loses_those_items_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    toy(monkeypatch, 4)
    with serving(dying([1, 2])) as url:
        main(["bench", "toy", "--system", url, "--n", "4", "--sessions", "1"])
    got, said = result(capsys, "live")
    assert got["value"] == 100 and got["n"] == 2 and "out of memory" in said and "Traceback" not in said


def test_a_wrong_key_scores_nothing_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    toy(monkeypatch, 3)
    body = '{"error": {"message": "Incorrect API key provided"}}'
    with serving(dying([]), key_header="Authorization", status=401, body=body) as url:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-right")
        monkeypatch.setenv(SYSTEM_KEY, "sk-wrong")
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        main(["bench", "toy", "--system", "realtime:gpt-realtime", "--n", "3"])
    got, said = result(capsys, "realtime")
    assert got["value"] is None and got["n"] == 0
    assert "401 Unauthorized: Incorrect API key provided" in said and SYSTEM_KEY in said and "sk-" not in said
