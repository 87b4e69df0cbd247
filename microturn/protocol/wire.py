"""The wire codec: every event of the glossary to and from one JSON object, strictly.

`decode(encode(event)) == event` for every event whose audio lies on the int16 grid (`media.on_grid`). A frame travels
as JPEG (small, lossy) or PNG (exact). Decoding accepts exactly the fields of the event and raises a `ValueError` that
names the event, the field and what was expected.
"""

import base64
import binascii
import io
import math
import struct
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, Literal, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from microturn.protocol.events import EVENT_TYPES, Channel, CloseReason, Event

ImageFormat = Literal["jpeg", "png"]
JPEG_QUALITY = 90
INT16_SCALE = 32768.0
MAX_PIXELS = 4096 * 4096
MAX_NUMBER = 1e15  # milliseconds: 30 000 years; also keeps NaN, infinities and endless integers out


def encode(event: Event, *, image: ImageFormat = "jpeg") -> dict[str, Any]:
    """The event as a JSON object: `type` and its fields; samples as base64 int16 PCM, rgb as a base64 image."""
    body: dict[str, Any] = {"type": type(event).__name__}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name == "samples":
            value = base64.b64encode(pcm16(value).tobytes()).decode("ascii")
        elif field.name == "rgb":
            value = base64.b64encode(image_bytes(value, image=image)).decode("ascii")
        elif isinstance(value, StrEnum):
            value = value.value
        elif isinstance(value, Mapping):
            value = dict(cast(Mapping[str, Any], value))
        body[field.name] = value
    return body


def decode(body: object) -> Event:
    """The event that `encode` wrote; `ValueError` when it is not exactly that."""
    if not isinstance(body, dict):
        raise ValueError(f"an event is a JSON object with a 'type', got {type(body).__name__}")
    given = cast(dict[str, Any], body)
    name = given.get("type")
    if not isinstance(name, str) or name not in EVENT_TYPES:
        raise ValueError(f"unknown event type {name!r}; known are {', '.join(EVENT_TYPES)}")
    kinds = _field_types(name)
    if extra := sorted(given.keys() - kinds.keys() - {"type"}):
        raise ValueError(f"{name} has no field {extra[0]!r}; its fields are {', '.join(kinds)}")
    if missing := [field for field in kinds if field not in given and field not in _optional(name)]:
        raise ValueError(f"{name} lacks its field {missing[0]!r}")
    values = {
        field: _decode_field(f"{name}.{field}", kind, given[field]) for field, kind in kinds.items() if field in given
    }
    return EVENT_TYPES[name](**values)


def pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples in [-1, 1] as little-endian int16, the nearest step; louder is clipped."""
    return np.clip(np.round(samples * INT16_SCALE), -32768, 32767).astype("<i2")


def from_pcm16(data: bytes) -> NDArray[np.float32]:
    """Samples [S] from int16 bytes; `ValueError` on half a sample."""
    if len(data) % 2:
        raise ValueError(f"int16 audio has an even number of bytes, got {len(data)}")
    return (np.frombuffer(data, "<i2") / INT16_SCALE).astype(np.float32)


def image_bytes(rgb: NDArray[np.uint8], *, image: ImageFormat = "jpeg") -> bytes:
    """One frame, uint8 [H, W, 3], as a JPEG or PNG file."""
    sink = io.BytesIO()
    Image.fromarray(rgb, "RGB").save(sink, image, **({"quality": JPEG_QUALITY} if image == "jpeg" else {}))
    return sink.getvalue()


def image_rgb(data: bytes, *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """uint8 [H, W, 3] from a JPEG or PNG file; `ValueError` when it is neither, is cut off or has too many pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > max_pixels:  # known from the header, before anything is unpacked
                side = math.isqrt(max_pixels)
                raise ValueError(f"{picture.width} x {picture.height} is too large, send at most {side} x {side}")
            return np.asarray(picture.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise ValueError(f"a frame must be a whole JPEG or PNG image: {error}") from error


@cache
def _field_types(name: str) -> dict[str, Any]:
    hints = get_type_hints(EVENT_TYPES[name])
    return {field.name: hints[field.name] for field in fields(EVENT_TYPES[name])}


@cache
def _optional(name: str) -> frozenset[str]:
    """Fields that came later: what was recorded before has none."""
    return frozenset(field.name for field in fields(EVENT_TYPES[name]) if isinstance(field.default, bool))


def _decode_field(where: str, kind: Any, value: Any) -> Any:
    if where == "Audio.samples":
        return from_pcm16(_base64(where, value))
    if where == "Frame.rgb":
        return image_rgb(_base64(where, value))
    if kind in (Channel, CloseReason):
        return _member(where, kind, value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
        return float(value)
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind in (str, bool) and isinstance(value, kind):
        return value
    if kind not in (float, int, str, bool) and isinstance(value, dict):
        return cast(dict[str, Any], value)
    wanted = {float: "a number", int: "a whole number", str: "a string", bool: "true or false"}.get(
        kind, "a JSON object"
    )
    raise ValueError(f"{where} must be {wanted}, got {value!r:.80}")


def _member(where: str, kind: type[StrEnum], value: Any) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{where} must be one of {', '.join(kind)}, got {value!r:.80}") from None


def _base64(where: str, value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be a base64 string, got {value!r:.80}")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{where} must be base64: {error}") from error
