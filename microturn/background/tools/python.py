"""`run_python`: short Python programs in a child process that is shut in (`sandbox.py` says by what, and what that keeps out).

The user is asked before each. The child has no environment but its language, starts in an empty folder, and is killed with its
process group when it has had its time, when it prints too much, and when the work is called off.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile

from microturn.background.brief import Brief
from microturn.background.tools import sandbox
from microturn.background.tools.tool import JSON, Found, Permission, Tool, ToolError

WALL_S = 8.0  # from the start of the child to its end
MOST_CODE, MOST_OUTPUT = 20_000, 64 << 10  # characters in, bytes out
PARAMETERS = {
    "type": "object",
    "properties": {
        "code": {
            "type": "string",
            "minLength": 1,
            "maxLength": MOST_CODE,
            "description": "a Python program; what it prints and the value of its last line come back",
        }
    },
    "required": ["code"],
    "additionalProperties": False,
}


def python(wall_s: float = WALL_S) -> list[Tool]:
    """The tool, that stops a program after `wall_s` seconds."""

    async def run(arguments: JSON, _: Brief) -> Found:
        return Found(text=await ran(arguments["code"], wall_s))

    tool = Tool(
        name="run_python",
        summary="Run a short Python program: standard library only, no files, no network, a few seconds.",
        parameters=PARAMETERS,
        run=run,
        permission=Permission.ASK,
        foreign=True,
        asks="may i run a small program",
        timeout_s=wall_s + 5,
    )
    return [tool]


async def ran(code: str, wall_s: float = WALL_S) -> str:
    """What the program prints, with the value of a last line that is an expression. `ToolError` when it fails, or does not end."""
    with tempfile.TemporaryDirectory(prefix="microturn-") as folder:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-B", "-X", "utf8", sandbox.__file__),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"LANG": "C.UTF-8"} | {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            cwd=folder,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(wall_s):
                out, whole, error = await _talked(child, code)
        except TimeoutError:
            raise ToolError(f"the program did not end within {wall_s:g} seconds") from None
        finally:
            await _ended(child)
    if not whole:
        return f"{out}\n[cut: the program prints too much, and was stopped]"
    if child.returncode:
        raise ToolError(f"the program fails: {_why(error, child.returncode)}")
    return out or "the program printed nothing; print what is wanted, or end with it"


async def _talked(child: asyncio.subprocess.Process, code: str) -> tuple[str, bool, str]:
    """Its output, whether that is all of it, and its errors."""
    assert child.stdin and child.stdout and child.stderr
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(code.encode(errors="replace"))
        await child.stdin.drain()
    child.stdin.close()
    out, error = await asyncio.gather(_read(child, child.stdout), _read(child, child.stderr))
    whole = max(len(out), len(error)) <= MOST_OUTPUT
    if whole:
        await child.wait()
    return out[:MOST_OUTPUT].decode(errors="replace").strip(), whole, error.decode(errors="replace")


async def _read(child: asyncio.subprocess.Process, stream: asyncio.StreamReader) -> bytes:
    """All, or a little more than is allowed: then the child is stopped."""
    held = b""
    while len(held) <= MOST_OUTPUT and (piece := await stream.read(1 << 16)):
        held += piece
    if len(held) > MOST_OUTPUT and child.returncode is None:
        child.kill()
    return held


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Kill the child with all that it may have started, and bury it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        elif child.returncode is None:
            child.kill()
    assert child.stdout and child.stderr
    with contextlib.suppress(TimeoutError):  # what it had written is thrown away: the pipes close when they are empty
        async with asyncio.timeout(2.0):
            while await child.stdout.read(1 << 16) or await child.stderr.read(1 << 16):
                pass
            await child.wait()


def _why(error: str, status: int) -> str:
    if -status in (signal.SIGXCPU, signal.SIGKILL):
        return "it used up its processor time"
    lines = error.strip().splitlines() or [f"it ended with status {status}"]
    return "it needs too much memory" if "MemoryError" in lines[-1] else lines[-1]
