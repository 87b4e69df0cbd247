"""The systems that `microturn bench --system` takes, by the word before the colon: the bench may not import them itself.

local                        the engine in this process (--model), faster than real time
ws://HOST:PORT               a microturn server, in real time
live:MODEL or live:URL       OpenAI Live, or another server of it       OPENAI_BASE_URL
realtime:MODEL or :URL       OpenAI Realtime, vLLM-Omni, ...            OPENAI_BASE_URL
gemini:MODEL                 Gemini Live                                GOOGLE_GEMINI_BASE_URL
moshi:ws://HOST:PORT         Moshi, PersonaPlex: one session at a time
recorded:DIR                 what somebody recorded of a system
delegates                    a control that hands every request over, with a --background

`client.keys` says which key goes to which address.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np

from microturn.bench.driver import Driver, LiveDriver, LocalDriver
from microturn.bench.partner import Partner
from microturn.bench.partnered import Partnered
from microturn.cli.bench.long import following
from microturn.cli.model import open_model
from microturn.client.keys import OWNERS, SYSTEM_KEY, key
from microturn.protocol.events import Channel, Text
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline

if TYPE_CHECKING:
    from microturn.cli.bench.ahead import Ahead
    from microturn.cli.bench.background import Background
    from microturn.client.exchange import Wire

OPENAI = "https://api.openai.com/v1"
MOSHI_PATH = "/api/chat"
SESSIONS = 4
SAMPLED, SAMPLED_RUNS = ("live", "realtime", "gemini", "moshi"), 3  # systems that never answer twice the same
KEYS = (
    f"Keys are read from the environment. {' and '.join(OWNERS.values())} are sent to their own providers only, "
    f"{SYSTEM_KEY} to any other server that --system, OPENAI_BASE_URL or GOOGLE_GEMINI_BASE_URL names."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of systems behind a socket."""
    parser.epilog = KEYS
    parser.add_argument("--sessions", type=int, help=f"conversations side by side ({SESSIONS}; 1 with moshi:)")
    parser.add_argument(
        "--session", type=Path, metavar="FILE", help="JSON laid over the session of realtime: and gemini: (voice, ...)"
    )
    parser.add_argument(
        "--background",
        default="none",
        metavar="WHO",
        help="who does what `local` or `delegates` hands over: none (default), offline, or oracle, which knows the answer",
    )


def runs_of(args: argparse.Namespace) -> int:
    """How often each item is asked: as often as --runs says, or else once, or `SAMPLED_RUNS` times where the system samples."""
    if args.runs is None:
        return SAMPLED_RUNS if args.system.partition(":")[0] in SAMPLED else 1
    if args.runs < 1:
        raise ValueError(f"--runs must be at least 1, got {args.runs}")
    return int(args.runs)


def local(args: argparse.Namespace) -> Driver:
    """The engine in this process, many stimuli in one batch, faster than real time."""
    from microturn.engine.meeting import Meeting, meet_many
    from microturn.engine.offline import Take, run_many
    from microturn.engine.session import SessionConfig

    model = open_model(args.model or "nano")

    def take(stimulus: Timeline) -> Take:
        track = stimulus.audio.get(Channel.USER)
        if track is not None and track.rate_hz != USER_HZ:
            raise ValueError(f"a stimulus has its user's track at {USER_HZ} Hz, got {track.rate_hz}")
        samples = np.zeros(0, np.float32) if track is None else track.samples
        texts = [event for event in stimulus.events if isinstance(event, Text)]
        return Take(
            samples=samples,
            events=[*stimulus.frames, *texts],
            config=SessionConfig(seed=stimulus.seed, second_of_day=stimulus.second_of_day, tick_ms=stimulus.tick_ms),
            tail_s=max(0.0, stimulus.duration_ms / 1000.0 - len(samples) / USER_HZ),
            echo_db=stimulus.meta.get("echo_db"),
        )

    def run(stimuli: Sequence[Timeline]) -> list[Timeline]:
        return run_many(model, [take(stimulus) for stimulus in stimuli], batch=len(stimuli))

    def run_backed(stimuli: Sequence[Timeline], asides: "Sequence[Ahead]") -> list[Timeline]:
        takes = [replace(take(stimulus), aside=aside) for stimulus, aside in zip(stimuli, asides, strict=True)]
        return run_many(model, takes, batch=len(takes))

    def meet(stimuli: Sequence[Timeline], partners: Sequence[Partner]) -> list[Timeline]:
        meetings = [
            Meeting(
                user=partner,
                config=SessionConfig(seed=stimulus.seed, second_of_day=stimulus.second_of_day),
                echo_db=stimulus.meta.get("echo_db"),
            )
            for stimulus, partner in zip(stimuli, partners, strict=True)
        ]
        return meet_many(model, meetings)

    if (background := _background(args)) is not None:
        from microturn.cli.bench.background import Backed

        return Partnered(driver=Backed(play=run_backed, background=background))  # users who listen: not with one
    return Partnered(driver=LocalDriver(run_many=run, after=following(model, take)), play=meet)


def live(args: argparse.Namespace) -> Driver:
    """A Live server: ours at ws://..., somebody else's as live:..."""
    from microturn.client.live import Live

    kind, _, where = args.system.partition(":")
    if kind in ("ws", "wss"):
        ours = key(args.system)
        return _driver(args, lambda stimulus: Live(args.system, api_key=ours, like=stimulus))
    model, url = ("gpt-live-1", where) if "://" in where else (where or "gpt-live-1", f"{_openai()}/live/sessions")
    secret = key(url)
    return _driver(args, lambda _: Live(url, extensions=False, api_key=secret, model=model))


def realtime(args: argparse.Namespace) -> Driver:
    """OpenAI Realtime, or a server of its vocabulary."""
    from microturn.client.realtime import Realtime

    where, settings = _rest(args, "gpt-realtime"), _settings(args)
    url = _websocket(where if "://" in where else f"{_openai()}/realtime?model={quote(where, safe='')}")
    secret = key(url)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return _driver(args, lambda _: Realtime(url, headers, settings=settings))


def gemini(args: argparse.Namespace) -> Driver:
    """Gemini Live."""
    from microturn.client.gemini import HOST, PATH, Gemini

    model, settings = _rest(args, "gemini-3.1-flash-live-preview"), _settings(args)
    url = _websocket(os.environ.get("GOOGLE_GEMINI_BASE_URL", HOST).rstrip("/") + PATH)
    secret = key(url)
    headers = {"x-goog-api-key": secret} if secret else {}
    return _driver(args, lambda _: Gemini(url, headers, model=model, settings=settings))


def moshi(args: argparse.Namespace) -> Driver:
    """Moshi's own protocol; its Python server holds one conversation and keeps the others waiting."""
    from microturn.client.moshi import Moshi

    url = _websocket(_rest(args, "ws://localhost:8998"))
    parts = urlsplit(url)
    url = urlunsplit(parts._replace(path=parts.path if parts.path.strip("/") else MOSHI_PATH))
    return _driver(args, lambda _: Moshi(url), sessions=1)


def recorded(args: argparse.Namespace) -> Driver:
    """Somebody's WAVs and JSON."""
    from microturn.bench.recorded import RecordedDriver

    return Partnered(driver=RecordedDriver(folder=Path(_rest(args, "DIR"))))


def delegates(args: argparse.Namespace) -> Driver:
    """The control that hands over every request."""
    from microturn.cli.bench.background import Delegates

    return Partnered(driver=Delegates(background=_background(args)))


SYSTEMS = {
    "local": local,
    "live": live,
    "realtime": realtime,
    "gemini": gemini,
    "moshi": moshi,
    "recorded": recorded,
    "delegates": delegates,
}
WITHOUT_ADDRESS = ("local", "delegates")  # the systems that are a word alone, and may have a --background


def _background(args: argparse.Namespace) -> "Background | None":
    from microturn.cli.bench.background import NONE, Background

    return None if args.background == NONE else Background(args.background)


def _driver(args: argparse.Namespace, wire: Callable[[Timeline], "Wire"], *, sessions: int = SESSIONS) -> Driver:
    """A driver that makes a new wire for each stimulus."""
    from microturn.client.exchange import converse, meet

    given: int | None = args.sessions
    kind = args.system.partition(":")[0]
    driver = LiveDriver(
        converse=lambda stimulus: converse(wire(stimulus), stimulus),
        meet=lambda stimulus, user: meet(wire(stimulus), stimulus, user),
        sessions=sessions if given is None else given,
        name="live" if kind in ("ws", "wss") else kind,
    )
    return Partnered(driver=driver, play=driver.play)


def _rest(args: argparse.Namespace, example: str) -> str:
    """What follows the colon of --system."""
    kind, _, rest = args.system.partition(":")
    if not rest:
        raise ValueError(f"--system {kind} needs to know which: for example --system {kind}:{example}")
    return rest


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    if args.session is None:
        return {}
    try:
        settings = json.loads(args.session.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{args.session}: not JSON ({error}); give --session a file with a JSON object") from error
    if not isinstance(settings, dict):
        raise ValueError(f"{args.session}: give --session a file with a JSON object")
    return settings


def _openai() -> str:
    return os.environ.get("OPENAI_BASE_URL", OPENAI).rstrip("/")


def _websocket(url: str) -> str:
    """The address with the scheme of WebSockets. ValueError when it is none."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    if scheme not in ("ws", "wss") or not parts.netloc:
        raise ValueError(f"a system's address looks like ws://localhost:8099/path, got {url!r}")
    return urlunsplit(parts._replace(scheme=scheme))
