"""The easel: draws cards in a process of its own, so that no card can hold up a tick or take the server down.

One card after another, each as one line of JSON there and one back. A card that takes too long costs the process, which is
begun anew for the next one; so does a card that cannot be drawn, for what drew it may be left in any state. An
easel that has nothing to draw for a while puts its process away.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from microturn.background.drawing.document import DRAWN, document, excuse
from microturn.protocol.events import Card

try:
    import resource
except ImportError:  # Windows
    resource = None

LIMIT_S = 20.0  # for one card, the start of the process included, however busy the machine is
COMPUTE_S = 4  # seconds of computing for one card
IDLE_S = 60.0
SLOW = "it cannot be drawn in time; show something simpler"
MOST_MEMORY = 3 << 30  # bytes of data of the process
LOG = logging.getLogger(__name__)
ROOT = str(Path(__file__).resolve().parents[2])
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from microturn.background.drawing.easel import main; main()"


class Easel:
    """`draw` blocks: call it in a thread. Threads take turns."""

    def __init__(self, limit_s: float = LIMIT_S, idle_s: float = IDLE_S) -> None:
        self.limit_s, self.idle_s = limit_s, idle_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None

    def show(self, card: Card) -> str:
        """The card as an HTML document; one that says why, where it cannot be drawn."""
        try:
            return self.draw(card)
        except ValueError as error:
            return excuse(str(error))

    def draw(self, card: Card) -> str:
        """The card as an HTML document. ValueError says why it cannot be drawn, or that the page itself makes this kind."""
        if card.kind not in DRAWN:
            raise ValueError(f"a {card.kind} card is made by the page, not drawn")
        asked = json.dumps({"kind": card.kind, "content": dict(card.content)}).encode() + b"\n"
        with self._turn:
            self._rest()
            reply = self._ask(asked)
            if "html" not in reply:
                self._put_away()
            self._idle = _timer(self.idle_s, self._rest_if_idle)
        if "html" not in reply:
            raise ValueError(reply["why"])
        return reply["html"]

    def close(self) -> None:
        """Put the process away, even while it draws; the next card begins another."""
        if (process := self._process) is not None:
            process.kill()
        with self._turn:
            self._rest()
            self._put_away()

    def _rest_if_idle(self) -> None:
        with self._turn:
            if self._idle is threading.current_thread():  # nothing was drawn since it was set
                self._put_away()

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _ask(self, asked: bytes) -> dict[str, str]:
        """What the process says; it is ended when it takes too long."""
        process = self._begun()
        assert process.stdin is not None and process.stdout is not None
        limit = _timer(self.limit_s, process.kill)
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            reply = process.stdout.readline()
        except OSError:
            reply = b""
        finally:
            limit.cancel()
        return json.loads(reply) if reply.endswith(b"\n") else {"why": SLOW}

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._put_away()
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, ROOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _put_away(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _timer(seconds: float, then: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, then)
    timer.daemon = True
    timer.start()
    return timer


def main() -> None:
    """The process: a line of JSON in, its document or why there is none out, until there is no more."""
    _hold_back()
    for line in sys.stdin.buffer:
        asked: dict[str, Any] = json.loads(line)
        _limit_compute()
        try:
            reply = {"html": document(Card(at_ms=0.0, id="", delegation="", title="", **asked))}
        except ValueError as error:
            reply = {"why": str(error)}
        except Exception as error:
            LOG.exception("a %s card", asked["kind"])
            reply = {"why": f"it cannot be drawn ({type(error).__name__}); show something simpler"}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _hold_back() -> None:
    """Whatever else this machine does comes first; there is an end to memory."""
    if resource is not None:
        os.nice(5)
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def _limit_compute() -> None:
    """The system ends this process when it has computed for `COMPUTE_S` more."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + COMPUTE_S + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
