"""A live session's recording, on disk as the session goes: memory stays flat, and a crash keeps what was written.

`Recording` appends to a Timeline's folder: FLAC tracks that grow, PNG frames, and `timeline.jsonl` with the events in the
order in which they became known. `finish` puts them in order of time, takes out what was never heard, and adds the end
line; a folder without it opens with `Timeline.load(folder, partial=True)`. `Scribe` does that beside a session, off the
event loop.

Letters: S samples.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from microturn.engine.history import as_heard, unheard_samples
from microturn.engine.recorder import Recorder, Stretch
from microturn.engine.session import Session
from microturn.features.audio import IN_HZ, OUT_HZ
from microturn.features.layout import TickInput
from microturn.protocol.events import Channel, Event
from microturn.protocol.media import FlacWriter, flac_blocks
from microturn.protocol.timeline import FILE, event_line, frame_file, frame_line, header_line, line_text, write_lines
from microturn.protocol.wire import decode, image_bytes

log = logging.getLogger(__name__)
WRITE_EVERY_TICKS = 5  # a crash loses a second
CAPACITY_TICKS = 300  # overflow policy: a disk that is a minute behind ends the recording
SILENCE_SAMPLES = 24_000


class Recording:
    """One session's folder. One call at a time, on any thread; `OSError` when the disk does not take it."""

    def __init__(self, folder: Path, session: Session) -> None:
        self.folder = folder
        blank = session.timeline()
        self._header = header_line(
            tick_ms=blank.tick_ms,
            second_of_day=blank.second_of_day,
            seed=blank.seed,
            meta=blank.meta,
            tracks={Channel.USER: IN_HZ, Channel.MODEL: OUT_HZ},
        )
        self._user = FlacWriter(folder / f"{Channel.USER}.flac", IN_HZ)
        self._voice = FlacWriter(folder / f"{Channel.MODEL}.flac", OUT_HZ)
        self._frames = 0
        self._lines: TextIO | None = None

    def append(self, stretch: Stretch) -> None:
        """Write a stretch at the end; media first, so that no line names what is not there."""
        lines = self._lines or self._begin()
        for pcm_S in stretch.user:
            self._user.write(pcm_S)
        for start, pcm_S in stretch.voice:
            _pad(self._voice, start)
            self._voice.write(pcm_S)
        for frame in stretch.frames:
            file = frame_file(self._frames, "png")
            (self.folder / file).write_bytes(image_bytes(frame.rgb, image="png"))
            lines.write(line_text(frame_line(frame, file)))
            self._frames += 1
        lines.writelines(line_text(event_line(event)) for event in stretch.events)
        lines.flush()

    def finish(self) -> Path:
        """Make the folder a whole Timeline, the one that `Recorder.timeline` gives for the same session."""
        lines = self._lines or self._begin()
        for closing in (self._user, self._voice, lines):
            closing.close()
        events, frame_lines = _read(self.folder / FILE)
        self._silence(unheard_samples(events, OUT_HZ, self._voice.samples))
        samples = {Channel.USER: self._user.samples, Channel.MODEL: self._voice.samples}
        ends_ms = (samples[Channel.USER] * 1000.0 / IN_HZ, samples[Channel.MODEL] * 1000.0 / OUT_HZ)
        body = [*map(event_line, as_heard(events)), *frame_lines]
        write_lines(self.folder / f".{FILE}", self._header, body, duration_ms=max(ends_ms), samples=samples)
        os.replace(self.folder / f".{FILE}", self.folder / FILE)
        return self.folder

    def _begin(self) -> TextIO:
        (self.folder / "frames").mkdir(parents=True, exist_ok=True)
        self._lines = (self.folder / FILE).open("w", encoding="utf-8")
        self._lines.write(line_text(self._header))
        return self._lines

    def _silence(self, parts: Sequence[slice]) -> None:
        """Take stretches out of the voice that has been written."""
        if not any(part.start < min(part.stop, self._voice.samples) for part in parts):
            return
        path = self.folder / f"{Channel.MODEL}.flac"
        heard = FlacWriter(path.with_name(f".{path.name}"), OUT_HZ)
        for block_S in flac_blocks(path):
            pcm_S = block_S.copy()
            for part in parts:
                pcm_S[max(0, part.start - heard.samples) : max(0, part.stop - heard.samples)] = 0
            heard.write(pcm_S)
        heard.close()
        os.replace(path.with_name(f".{path.name}"), path)


class Scribe:
    """Writes a session's recording a second at a time. What goes wrong ends the recording, never the session."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._recorder, self._recording = Recorder(session), Recording(folder, session)
        self._writing: asyncio.Task[None] | None = None
        self._failed = False

    def answered(self, tick_input: TickInput, events: Sequence[Event]) -> None:
        """Put a tick on record; to be called on the event loop."""
        if self._failed:
            return
        self._recorder.answered(tick_input, events)
        free = self._writing is None or self._writing.done()
        if self._recorder.waiting >= CAPACITY_TICKS:
            self._fail(f"the disk is {CAPACITY_TICKS} ticks behind")
        elif free and self._recorder.waiting >= WRITE_EVERY_TICKS:
            self._writing = asyncio.create_task(self._do(self._recording.append, self._recorder.take()))

    async def finish(self) -> None:
        """The session has closed: write the rest and make the folder whole."""
        if self._writing:
            await self._writing
        await self._do(self._recording.append, self._recorder.take())
        await self._do(self._recording.finish)

    async def _do(self, work: Callable[..., object], *given: Any) -> None:
        if self._failed:
            return
        try:
            await asyncio.to_thread(work, *given)
        except Exception as error:  # noqa: BLE001 (whatever it is, the session goes on)
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, why: str) -> None:
        self._failed = True
        self._recorder.take()
        log.error(
            "recording to %s has ended early (%s): free some space or choose another folder; what is there opens "
            "with `microturn replay --partial`",
            self._recording.folder,
            why,
        )


def _read(path: Path) -> tuple[list[Event], list[dict[str, Any]]]:
    """The events of a timeline.jsonl without an end line, and the lines of its frames."""
    events: list[Event] = []
    frame_lines: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as source:
        next(source)
        for text in source:
            line = json.loads(text)
            if line["type"] == "Frame":
                frame_lines.append(line)
            else:
                events.append(decode(line))
    return events, frame_lines


def _pad(writer: FlacWriter, until: int) -> None:
    """Silence up to sample `until`, in pieces: a model may say nothing for hours."""
    while (gap := until - writer.samples) > 0:
        writer.write(np.zeros(min(gap, SILENCE_SAMPLES), np.int16))
