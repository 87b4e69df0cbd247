"""The page of `microturn data look`: shards' sessions as JSON, octets, pictures and sound, and the files in `web/`.

`application(place)` is the ASGI app; it only reads, and answers only requests to this machine by its own name. A folder is
listed anew for each page that is opened: what `data make` has done since is there.

Letters: F frames, M mel bins.
"""

import io
import wave
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from microturn.data.audit.report import audit_session
from microturn.data.audit.session import session_of, shards_of
from microturn.data.keepsakes import SOUNDS, unpack_sound
from microturn.data.shards import Shard
from microturn.features.layout import FRAME_SIZE, MEL_BINS, MEL_FRAMES, Ticks
from microturn.protocol import wire
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ, USER_HZ

WEB = Path(__file__).parent / "web"
RATES_HZ = {Channel.USER: USER_HZ, Channel.MODEL: MODEL_HZ}
OPEN = 4  # shards at once
SHEET_COLUMNS = 16
QUIET_MEL, LOUD_MEL = -1.5, 3.0  # normalised log-mel from its floor to the loudest that is drawn


class Files(StaticFiles):
    """The page's files, always revalidated: a new version never meets an old script."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def application(place: Path) -> Starlette:
    """The ASGI app for a shard or a folder of them. Raises ValueError or FileNotFoundError where there is none."""
    shards_of([place])
    app = Starlette(
        routes=[
            Route("/api/shards", _shards),
            Route("/api/shards/{name}", _shard),
            Route("/api/shards/{name}/sessions/{index:int}", _session),
            Route("/api/shards/{name}/sessions/{index:int}/levels", _levels),
            Route("/api/shards/{name}/sessions/{index:int}/voice", _voice),
            Route("/api/shards/{name}/sessions/{index:int}/frames.jpg", _frames),
            Route("/api/shards/{name}/sessions/{index:int}/{side}.wav", _sound),
            Mount("/", Files(directory=WEB, html=True)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])],
    )
    app.state.place, app.state.opened = place, lru_cache(maxsize=OPEN)(Shard)
    return app


async def _shards(request: Request) -> JSONResponse:
    """The names of the shards and how large they are; nothing of them is read yet."""
    return JSONResponse([{"name": name, "bytes": path.stat().st_size} for name, path in _there(request).items()])


async def _shard(request: Request) -> JSONResponse:
    """A shard and a line for each of its sessions."""
    shard = _opened(request)
    config = {name: value for name, value in shard.about.items() if name != "items"}
    sessions = [listed(shard, index) for index in range(len(shard))]
    return JSONResponse({"name": shard.path.stem, "folder": str(shard.path.parent), **config, "sessions": sessions})


def listed(shard: Shard, index: int) -> dict[str, Any]:
    """A session in the list: what its item says, and whether it, or which of its sides, can be heard."""
    item = shard.item(index)
    names = ("seed", "id", "voice", "others", "acts", "split", "seconds", "levels", "provenance")
    told = {name: item[name] for name in names if name in item}
    first = shard.about.get("seeds", [None])[0]
    seed = {"seed": first + index} if first is not None and not item else {}
    sides = [channel.value for channel, name in SOUNDS.items() if shard.extra(index, name) is not None]
    return {"index": index, "sound": bool(sides), "sides": sides, **seed, **told}


async def _session(request: Request) -> JSONResponse:
    """One session: events, frames' times, and what the audit finds in it."""
    shard, index, ticks = _asked(request)
    findings, length = audit_session(shard, index)
    session = session_of(shard, index, ticks) if length else None
    return JSONResponse(
        {
            **listed(shard, index),
            "duration_ms": len(ticks) * TICK_MS,
            "tick_ms": TICK_MS,
            "second_of_day": float(ticks.second_T[0]),
            "exact": session is not None and session.exact,
            "events": [wire.encode(event) for event in session.events] if session else [],
            "frames": (np.flatnonzero(ticks.frame_T >= 0) * TICK_MS).tolist(),
            "sheet": {"columns": SHEET_COLUMNS, "size": FRAME_SIZE},
            "findings": [{"reason": f.reason, "gravity": f.gravity, "detail": f.detail} for f in findings],
        }
    )


async def _levels(request: Request) -> Response:
    """What the model hears: an octet for each of 80 mel bins, low ones first, every 50 ms; levels 0 to 15."""
    _, _, ticks = _asked(request)
    return _octets(ticks.dmel_TFM)


async def _voice(request: Request) -> Response:
    """What the model says: an octet for each of 80 mel bins every 12.5 ms, 0 where it is silent to 255."""
    _, _, ticks = _asked(request)
    return _octets(voice_levels(ticks))


def voice_levels(ticks: Ticks) -> NDArray[np.uint8]:
    """The model's voice as octets [T * 16, 80], zeros where it does not speak."""
    levels = np.zeros((len(ticks), MEL_FRAMES, MEL_BINS), np.uint8)
    spoken = ticks.speak_T >= 0
    mel = (ticks.mel_SFM[ticks.speak_T[spoken]].astype(np.float32) - QUIET_MEL) / (LOUD_MEL - QUIET_MEL)
    levels[spoken] = np.round(255 * np.clip(mel, 0, 1)).astype(np.uint8)
    return levels.reshape(-1, MEL_BINS)


async def _frames(request: Request) -> Response:
    """All frames in one picture, `SHEET_COLUMNS` a row."""
    _, _, ticks = _asked(request)
    if not len(ticks.frames):
        raise HTTPException(404, "this session has no pictures")
    rows = -(-len(ticks.frames) // SHEET_COLUMNS)
    sheet = np.zeros((rows * SHEET_COLUMNS, FRAME_SIZE, FRAME_SIZE, 3), np.uint8)
    sheet[: len(ticks.frames)] = ticks.frames
    sheet = sheet.reshape(rows, SHEET_COLUMNS, FRAME_SIZE, FRAME_SIZE, 3).swapaxes(1, 2)
    sink = io.BytesIO()
    Image.fromarray(sheet.reshape(rows * FRAME_SIZE, -1, 3), "RGB").save(sink, "JPEG", quality=88)
    return Response(sink.getvalue(), media_type="image/jpeg")


async def _sound(request: Request) -> Response:
    """One side as a WAV file, which every browser decodes."""
    shard, index, _ = _asked(request)
    side = request.path_params["side"]
    packed = shard.extra(index, SOUNDS[Channel(side)]) if side in RATES_HZ else None
    if packed is None:
        raise HTTPException(404, "this session kept no sound")
    rate_hz = RATES_HZ[Channel(side)]
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(wire.pcm16(unpack_sound(packed, rate_hz)).tobytes())
    return Response(sink.getvalue(), media_type="audio/wav")


def _asked(request: Request) -> tuple[Shard, int, Ticks]:
    """The session that a request names; 404 for one that is not there, 422 for one that is damaged."""
    shard, index = _opened(request), request.path_params["index"]
    if index >= len(shard):
        raise HTTPException(404, f"the shard has {len(shard)} sessions, from 0 on")
    try:
        return shard, index, shard[index]
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _opened(request: Request) -> Shard:
    """The shard that a request names; 404 for one that is not there, 422 for one that cannot be read."""
    path = _there(request).get(request.path_params["name"])
    if path is None:
        raise HTTPException(404, "there is no such shard here")
    try:
        return request.app.state.opened(path)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _there(request: Request) -> dict[str, Path]:
    try:
        return {path.stem: path for path in shards_of([request.app.state.place])}
    except (FileNotFoundError, ValueError) as error:  # deleted since
        raise HTTPException(404, str(error)) from error


def _octets(values: NDArray[np.uint8]) -> Response:
    return Response(np.ascontiguousarray(values).tobytes(), media_type="application/octet-stream")
