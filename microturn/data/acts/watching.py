"""Watching: the acts that need eyes and are played only where they are asked for by name.

`WATCHING` gives each with its weight among the others. `REAL` needs video files of one's own (see `clips`).
"""

from collections.abc import Callable

from microturn.data.acts import bodies, clips, desk, things
from microturn.data.script import Stage

Act = Callable[[Stage], None]
WATCHING: dict[str, tuple[Act, float]] = {
    "repetitions": (bodies.repetitions, 2.0),
    "starts_stops": (bodies.starts_stops, 1.0),
    "start_to_stop": (bodies.start_to_stop, 1.0),
    "posture": (bodies.posture, 1.0),
    "comes_goes": (bodies.comes_goes, 1.2),
    "doing": (bodies.doing, 1.5),
    "changes": (things.changes, 1.5),
    "recolours": (things.recolours, 0.8),
    "how_many": (things.how_many, 1.5),
    "bug": (desk.bug, 1.2),
    "build": (desk.build, 1.0),
    "bar": (desk.bar, 0.8),
    "slides": (desk.slides, 0.8),
    "message": (desk.message, 0.8),
    "typing": (desk.typing, 1.0),
    "dial": (desk.dial, 0.8),
    "on_screen": (desk.on_screen, 1.0),
}
REAL: dict[str, tuple[Act, float]] = {"clip": (clips.clip, 1.0)}
