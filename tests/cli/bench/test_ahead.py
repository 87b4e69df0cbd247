"""Work done ahead: what is reported comes at its media time, what is called off never, and a batch is as its rows alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from microturn.background.brief import Brief, Report
from microturn.background.desk import FAILED
from microturn.background.mailbox import TOO_MUCH
from microturn.background.tools.tool import Found, Permission, Tool, Toolbox, ToolError
from microturn.bench.tools import calls
from microturn.cli.bench.ahead import LISTEN_MS, Ahead, Ledger, noted
from microturn.cli.bench.background import Backed, Background
from microturn.engine.offline import Take, run_many
from microturn.engine.session import SessionConfig
from microturn.protocol.events import Answer, Cancel, Card, Channel, Delegation, Do, Progress, Result, Text, Tick, Word
from microturn.protocol.timeline import Timeline

Work = Callable[[Brief], AsyncIterator[Report]]


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


class Does:
    name = "does"

    def __init__(self, work: Work) -> None:
        self.work = work


def answering(text: str = "it rains", *, after_s: float = 0.0) -> Does:
    async def work(brief: Brief) -> AsyncIterator[Report]:
        yield Progress(at_ms=0.0, delegation="", text=f"on {brief.delegation.task}", done=0.5)
        await asyncio.sleep(after_s)
        yield Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text=text)

    return Does(work)


def note(at_ms: float, text: str) -> Do:
    return Do(at_ms=at_ms, text=text)


def kinds(aside: Ahead) -> list[str]:
    return [type(event).__name__ for event in aside.events]


def test_what_is_reported_comes_when_it_would_have(runner: asyncio.Runner) -> None:
    aside = Ahead(answering(after_s=0.3), runner, until_ms=1200.0)
    aside.answered((), [note(1000.0, "delegate the weather")])
    assert aside.arriving(1000.0) == []
    progress, result = aside.arriving(1e9)
    assert (progress.channel, progress.text) == (Channel.THINKING, "on the weather") and progress.at_ms >= 1000
    assert (result.channel, result.text) == (Channel.COMMENTARY, "it rains") and result.at_ms >= progress.at_ms + 300
    assert kinds(aside) == ["Delegation", "Progress", "Result"]
    assert aside.until_ms == result.at_ms + LISTEN_MS and not aside.mailbox.open
    aside.answered((), [note(aside.until_ms + 1.0, "delegate the news")])
    assert len(aside.events) == 3  # the session is over by then


def test_a_floor_makes_times_the_same_every_time(runner: asyncio.Runner) -> None:
    aside = Ahead(answering(), runner, least_ms=700.0)
    aside.answered((), [note(1000.0, "delegate a"), note(1000.0, "delegate b")])
    assert aside.arriving(1700.0) == []
    assert [(t.at_ms, t.text) for t in aside.arriving(1701.0)] == [
        (1700.0, "on a"),
        (1700.0, "it rains"),
        (1700.0, "on b"),
        (1700.0, "it rains"),
    ]


def permitted(ledger: Ledger) -> Toolbox:
    async def run(arguments: Any, brief: Brief) -> Found:
        if arguments["x"] == 0:
            raise ToolError("zero is no use")
        return Found(text="done")

    tool = Tool(name="buy", summary="Buy.", parameters={"type": "object"}, run=run, permission=Permission.ASK)
    return Toolbox.of(noted([tool], ledger))


def shopper(box: Toolbox) -> Does:
    async def work(brief: Brief) -> AsyncIterator[Report]:
        for x in (0, 1):
            try:
                await box.call("buy", {"x": x}, brief)
            except ToolError:
                continue
        yield Card(at_ms=0.0, id="list", delegation="", kind="markdown", title="a list", content={"text": "x"})
        yield Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text="bought")

    return Does(work)


def test_calls_are_noted_permissions_given_and_cards_shown(runner: asyncio.Runner) -> None:
    ledger = Ledger()
    aside = Ahead(shopper(permitted(ledger)), runner, ledger, least_ms=300.0)
    aside.answered((), [note(1000.0, "delegate it")])
    assert [text.text for text in aside.arriving(2000.0)] == ["the page shows a list", "bought"]
    made = calls(Timeline(duration_ms=3000.0, events=tuple(aside.events)))
    assert [(call.at_ms, call.function, dict(call.args)) for call in made] == [
        (1300.0, "buy", {"x": 0}),
        (1300.0, "buy", {"x": 1}),
    ]
    asked = [e for e in aside.events if isinstance(e, Card | Answer)]
    assert [type(e) for e in asked] == [Card, Answer, Card, Answer, Card] and asked[1].values == {"allow": True}  # pyright: ignore[reportAttributeAccessIssue]


def test_of_what_is_called_off_nothing_comes_and_nothing_is_done(runner: asyncio.Runner) -> None:
    ledger = Ledger()
    aside = Ahead(shopper(permitted(ledger)), runner, ledger, least_ms=500.0)
    aside.answered((), [note(1000.0, "delegate it")])
    assert aside.arriving(1400.0) == []
    aside.answered((), [note(1400.0, "cancel it")])
    assert aside.arriving(9000.0) == [] and kinds(aside) == ["Delegation", "Cancel"]


def test_too_much_at_once_and_too_late(runner: asyncio.Runner) -> None:
    aside = Ahead(answering(), runner, least_ms=400_000.0)
    aside.answered((), [note(0.0, f"delegate {n}") for n in range(5)])
    assert [text.text for text in aside.arriving(1.0)] == [TOO_MUCH]
    aside.answered((), [Tick(at_ms=300_000.0, tick=1500, compute_ms=0.0, late_ms=0.0, positions=1)])
    assert aside.arriving(1e9) == [] and kinds(aside) == ["Delegation"] * 4 + ["Cancel"] * 4


def test_whoever_fails_is_a_sentence(runner: asyncio.Runner) -> None:
    async def work(brief: Brief) -> AsyncIterator[Report]:
        raise RuntimeError("no")
        yield Progress(at_ms=0.0, delegation="", text="", done=0.0)

    aside = Ahead(Does(work), runner)
    aside.answered((), [note(0.0, "delegate it")])
    assert [text.text for text in aside.arriving(1e9)] == [FAILED]


def test_the_worker_gets_the_conversation(runner: asyncio.Runner) -> None:
    briefs: list[Brief] = []

    async def work(brief: Brief) -> AsyncIterator[Report]:
        briefs.append(brief)
        yield Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text="yes")

    aside = Ahead(Does(work), runner)
    typed = Text(at_ms=100.0, channel=Channel.USER, text="hello")
    heard = Word(at_ms=300.0, until_ms=500.0, channel=Channel.HEARD, text="weather")
    aside.answered((typed,), [heard, note(600.0, "delegate it")])
    assert briefs[0].delegation.why == "weather"
    assert "user (typed): hello" in briefs[0].transcript() and "user: weather" in briefs[0].transcript()


class Hears:
    """A model that hands over "x" in tick 2 and "y" in tick 9."""

    def __init__(self) -> None:
        from microturn.features.text import Tokenizer

        self.tokenizer = Tokenizer.train(["delegate", "x", "y", "it", "rains", "on"])

    def new_state(self, batch: int = 1) -> Any:
        return _Nothing()

    def step(self, inputs: Any, state: Any, generators: Any) -> list[Any]:
        return [tick and self._row(tick) for tick in inputs]

    def _row(self, tick: Any) -> Any:
        from microturn.features.layout import TickOutput
        from microturn.features.text import Tag

        tokens: list[int] = []
        if task := {2: "x", 9: "y"}.get(tick.tick):
            tokens = [Tag.DO, *self.tokenizer.encode(f"delegate {task}")]
        return _Stepped(TickOutput(tokens=tuple(tokens)))


class _Nothing:
    def reset(self, rows: Any) -> None:
        pass


class _Stepped:
    samples, positions = None, 1

    def __init__(self, output: Any) -> None:
        self.output = output


def takes(runner: asyncio.Runner) -> list[tuple[Take, Ahead]]:
    made: list[tuple[Take, Ahead]] = []
    for row in range(3):
        aside = Ahead(answering(), runner, least_ms=250.0 * (row + 1))
        samples = np.zeros(16_000 * (row + 1), np.float32)
        made.append((Take(samples=samples, config=SessionConfig(seed=row), aside=aside), aside))
    return made


def test_a_batch_is_as_its_rows_alone(runner: asyncio.Runner) -> None:
    alone = [(run_many(Hears(), [take])[0].events, aside.events) for take, aside in takes(runner)]
    rows = takes(runner)
    together = run_many(Hears(), [take for take, _ in rows], batch=3)
    assert [(one.events, aside.events) for one, (_, aside) in zip(together, rows, strict=True)] == alone
    came = [[e.at_ms for e in events if isinstance(e, Text) and e.channel is Channel.COMMENTARY] for events, _ in alone]
    assert came == [[800.0, 2200.0], [1000.0, 2400.0], [1200.0, 2600.0]]  # of the ticks in which they came


def test_a_session_goes_on_for_the_result_and_only_for_that() -> None:
    from tests.bench.worlds import scenario

    def play(stimuli: Any, asides: Any) -> list[Timeline]:
        takes = [
            Take(samples=np.zeros(0, np.float32), tail_s=one.duration_ms / 1000, aside=aside)
            for one, aside in zip(stimuli, asides, strict=True)
        ]
        return run_many(Hears(), takes)

    background = Background("oracle", least_ms=1000.0)
    short, long = (
        scenario("short", duration_ms=400.0),
        scenario("long", duration_ms=2000.0, meta={"reply": "It rains."}),
    )
    got = Backed(play=play, background=background).run([short, long])
    assert [type(e).__name__ for e in got[0].events if not isinstance(e, Tick)] == ["Opened"]
    assert got[0].duration_ms == 600.0
    assert got[1].duration_ms == 3000 + LISTEN_MS
    said = [(e.channel, e.text) for e in got[1].events if isinstance(e, Result)]
    assert said == [(Channel.COMMENTARY, "it rains"), (Channel.COMMENTARY, "i can not find that out")]
    assert [e.task for e in got[1].events if isinstance(e, Delegation)] == ["x", "y"]
    assert not [e for e in got[1].events if isinstance(e, Cancel)]
