"""decode(encode(event)) == event for every event type; everything else is refused with a sentence."""

import json
import random
import string
from dataclasses import fields
from typing import Any, get_type_hints

import numpy as np
import pytest

from microturn.protocol import wire
from microturn.protocol.events import EVENT_TYPES, Channel, CloseReason, Event, Frame, Result
from microturn.protocol.media import on_grid


def random_event(name: str, seed: int) -> Event:
    """Any event of this type, with odd but legal values."""
    rng, arrays = random.Random(seed), np.random.default_rng(seed)
    kind = EVENT_TYPES[name]
    make = {
        float: lambda: rng.choice([0.0, rng.uniform(-1e6, 1e9), 12.5]),
        int: lambda: rng.randrange(-5, 2**53),
        bool: lambda: rng.random() < 0.5,
        str: lambda: "".join(rng.choices(string.printable + "äß中🙂\u2028\0", k=rng.randrange(30))),
        Channel: lambda: rng.choice(list(Channel)),
        CloseReason: lambda: rng.choice(list(CloseReason)),
    }
    special = {
        "samples": lambda: on_grid(arrays.uniform(-1.2, 1.2, rng.randrange(50)).astype(np.float32)),
        "rgb": lambda: arrays.integers(0, 256, (rng.randrange(1, 9), rng.randrange(1, 9), 3), np.uint8),
        **dict.fromkeys(
            ("data", "content", "values"),
            lambda: {"n": rng.random(), "list": [1, None, "x"], "deep": {"ü": True}},
        ),
    }
    hints = get_type_hints(kind)
    return kind(**{f.name: (special.get(f.name) or make[hints[f.name]])() for f in fields(kind)})


def assert_same(a: Event, b: Event) -> None:
    assert type(a) is type(b)
    for field in fields(a):
        ours, theirs = getattr(a, field.name), getattr(b, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)
        else:
            assert ours == theirs
            assert type(ours) is type(theirs)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_decode_inverts_encode_through_json(name: str) -> None:
    for seed in range(25):
        event = random_event(name, seed)
        line = json.dumps(wire.encode(event, image="png"), allow_nan=False)
        assert_same(wire.decode(json.loads(line)), event)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_lacking_a_strange_and_a_wrong_field_are_refused_by_name(name: str) -> None:
    body = wire.encode(random_event(name, 0))
    later = {"failed"}  # recordings from before it have none
    for field in body.keys() - {"type"} - later:
        with pytest.raises(ValueError, match=f"{name} lacks its field '{field}'"):
            wire.decode({key: value for key, value in body.items() if key != field})
    for field in body.keys() - {"type"}:
        with pytest.raises(ValueError, match=f"{name}.{field} must be"):
            wire.decode({**body, field: [None]})
    with pytest.raises(ValueError, match=f"{name} has no field 'colour'"):
        wire.decode({**body, "colour": 1})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"samples": "%%%"}, "must be base64"),
        ({"samples": "AAAA"}, "even number of bytes"),
        ({"channel": "nobody"}, "must be one of user"),
        ({"at_ms": float("nan")}, "must be a number"),
        ({"at_ms": True}, "must be a number"),
        ({"at_ms": 10**400}, "must be a number"),
        ({"at_ms": float("-inf")}, "must be a number"),
        ({"rate_hz": 16000.5}, "must be a whole number"),
        ({"type": "Bang"}, "unknown event type 'Bang'"),
    ],
)
def test_garbage_gets_a_sentence(change: dict[str, Any], sentence: str) -> None:
    body = {"type": "Audio", "at_ms": 0.0, "channel": "user", "samples": "AAA=", "rate_hz": 16000}
    wire.decode(body)
    with pytest.raises(ValueError, match=sentence):
        wire.decode({**body, **change})


@pytest.mark.parametrize("body", [None, [], "Audio", 3, {}])
def test_what_is_not_an_event_object_is_refused(body: object) -> None:
    with pytest.raises(ValueError, match="event"):
        wire.decode(body)


def test_half_an_image_is_refused() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    with pytest.raises(ValueError, match="whole JPEG or PNG"):
        wire.image_rgb(wire.image_bytes(rgb)[:900])


def test_jpeg_frames_stay_close() -> None:
    ramp = np.linspace(0, 255, 80).astype(np.uint8)
    rgb = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], np.uint8(90)), axis=-1)
    decoded = wire.decode(wire.encode(Frame(at_ms=0.0, channel=Channel.SCREEN, rgb=rgb)))
    assert isinstance(decoded, Frame)
    assert np.abs(decoded.rgb.astype(int) - rgb).mean() < 4


@pytest.mark.parametrize("image", ["jpeg", "png"])
def test_any_damage_to_an_image_gives_a_picture_or_a_sentence(image: wire.ImageFormat) -> None:
    rng = np.random.default_rng(0)
    whole = np.frombuffer(wire.image_bytes(rng.integers(0, 256, (16, 16, 3), np.uint8), image=image), np.uint8)
    for _ in range(300):
        damaged = whole[: rng.integers(1, len(whole) + 1)].copy()
        damaged[rng.integers(0, len(damaged), 4)] = rng.integers(0, 256, 4)
        try:
            assert wire.image_rgb(damaged.tobytes()).shape[2] == 3
        except ValueError as error:
            assert "whole JPEG or PNG" in str(error)


def test_a_huge_image_is_refused_unopened() -> None:
    bomb = wire.image_bytes(np.zeros((4097, 4097, 3), np.uint8), image="png")
    with pytest.raises(ValueError, match="4097 x 4097 is too large"):
        wire.image_rgb(bomb)


def test_a_result_from_before_there_were_failures_is_none() -> None:
    body = wire.encode(Result(at_ms=1.0, delegation="d", channel=Channel.COMMENTARY, text="it rains", failed=True))
    assert wire.decode(body).failed  # pyright: ignore
    del body["failed"]
    assert not wire.decode(body).failed  # pyright: ignore
