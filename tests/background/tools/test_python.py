"""Programs run, and stay where they are: each way out that we could think of is tried, by ordinary code and behind the audit hook."""

import asyncio
import os
import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from microturn.background.brief import Brief
from microturn.background.tools import sandbox
from microturn.background.tools.python import MOST_OUTPUT, python, ran
from microturn.background.tools.tool import Permission, Toolbox, ToolError
from microturn.protocol.events import Answer, Card, Delegation
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio
KERNEL = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="the kernel's walls are for Linux on x86-64"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("code", "gives"),
    [
        ("6 * 7", "42"),
        ("print('a')\nx = 3\nx + 0.5", "a\n3.5"),
        ("x = 1", "the program printed nothing; print what is wanted, or end with it"),
        ("print('ü', '\\ud800'.encode(errors='replace'))", "ü b'?'"),
        (
            "import statistics, decimal, datetime, json, re, random, hashlib, zlib, csv, heapq\nstatistics.mean([1, 2, 3])",
            "2",
        ),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int\nA(1)", "A(b=1)"),
        ("import sys\nprint('done')\nsys.exit()", "done"),
    ],
)
async def test_what_a_program_gives(code: str, gives: str) -> None:
    assert await ran(code) == gives


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("x = 1\n1 / 0", "line 2: ZeroDivisionError: division by zero"),
        ("def f(:", "line 1: SyntaxError"),
        ("def f():\n    f()\nf()", "RecursionError"),
        ("input()", "EOFError"),
        ("import numpy", "ModuleNotFoundError"),
        ("import sys\nsys.exit(4)", "SystemExit: 4"),
        ("import os\nos._exit(7)", "ended with status 7"),
        ("'\\x00' + chr(0)\n\x00", "SyntaxError|ValueError"),
    ],
)
async def test_what_goes_wrong_is_said_with_its_line(code: str, says: str) -> None:
    with pytest.raises(ToolError, match=says):
        await ran(code)


FAR_AWAY = [
    "import socket\nsocket.create_connection(('127.0.0.1', 9))",
    "import socket\nsocket.socket(socket.AF_UNIX)",
    "import socket\nsocket.getaddrinfo('localhost', 80)",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')",
    "import _socket\n_socket.socket()",
    "import subprocess\nsubprocess.run(['/bin/true'])",
    "import os\nos.system('true')",
    "import os\nos.fork()",
    "import os\nos.execv('/bin/true', ['true'])",
    "import os\nos.posix_spawn('/bin/true', ['true'], {})",
    "import multiprocessing",
    "import threading\nthreading.Thread(target=print).start()",
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "import os, signal\nos.killpg(os.getpgid(os.getppid()), signal.SIGKILL)",
    "import ctypes",
    "import _ctypes",
    "__import__('ctypes')",
    "import importlib\nimportlib.import_module('ctypes')",
    "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (99, 99))",
    "import fcntl\nfcntl.fcntl(1, fcntl.F_GETFL)",
    "import mmap\nmmap.mmap(-1, 10)",
    "import gc\ngc.get_objects()",
    "(lambda: 0).__code__.replace(co_code=b'')",
    "import sqlite3\nsqlite3.connect('/tmp/microturn-escaped')",
    "open('/etc/passwd').read()",
    "open('/etc/hostname', 'rb').read()",
    "import os\nos.open('/proc/self/environ', os.O_RDONLY)",
    "import os\nopen(f'/proc/{os.getppid()}/environ').read()",
    "import os\nopen(os.path.expanduser('~/.ssh/id_ed25519')).read()",
    "import os\nos.listdir('/')",
    "import os\nlist(os.scandir(os.getcwd()))",
    "open('here', 'w')",
    "open('/tmp/microturn-escaped', 'w')",
    "import tempfile\ntempfile.TemporaryFile().write(b'x' * 10)",
    "import os\nos.mkdir('folder')",
    "import os\nos.remove('/tmp/microturn-victim')",
    "import os\nos.rename('/tmp/microturn-victim', '/tmp/microturn-escaped')",
    "import os\nos.symlink('/etc/passwd', 'link')",
    "import os\nos.truncate('/tmp/microturn-victim', 0)",
    "import os\nos.chmod('/tmp/microturn-victim', 0o777)",
    "import pathlib\npathlib.Path('/etc/passwd').read_text()",
    "import io\nio.FileIO('/etc/passwd')",
    "import builtins, sandbox",
    "open('/usr/lib/../../etc/passwd').read()",
]


@pytest.mark.parametrize("code", FAR_AWAY)
async def test_no_way_out(code: str) -> None:
    with pytest.raises(ToolError, match="may not|can't start new thread|No module named|No usable temporary"):
        await ran(code)


async def test_it_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-123456789")
    monkeypatch.setenv("HOME", "/home/someone")
    told = await ran("import os, sys\nprint(dict(os.environ), sys.argv, sys.path)")
    assert "sk-" not in told and "someone" not in told and "KEY" not in told


async def test_an_endless_program_is_stopped() -> None:
    began_s = asyncio.get_running_loop().time()
    with pytest.raises(ToolError, match="did not end within 0.5 seconds"):
        await ran("while True: pass", wall_s=0.5)
    with pytest.raises(ToolError, match="did not end within 0.5 seconds"):
        await ran("import time, signal\nsignal.signal(15, lambda *_: 0)\nwhile True: time.sleep(9)", wall_s=0.5)
    assert asyncio.get_running_loop().time() - began_s < 5


async def test_a_flood_is_cut() -> None:
    told = await ran("while True: print('x' * 1000)")
    assert told.endswith("[cut: the program prints too much, and was stopped]") and len(told) < MOST_OUTPUT + 100
    assert "[cut" in await ran("import sys\nsys.stderr.write('x' * 10**7)")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux's")
@pytest.mark.parametrize("code", ["x = [0] * 10**9", "x = 'a'\nwhile True: x += x", "10 ** 10 ** 10"])
async def test_memory_and_time_have_an_end(code: str) -> None:
    with pytest.raises(ToolError, match="too much memory|did not end|processor time|OverflowError"):
        await ran(code, wall_s=3.0)


async def test_it_dies_when_the_work_is_called_off() -> None:
    task = asyncio.create_task(ran("import time\ntime.sleep(60)"))
    await asyncio.sleep(0.3)
    before = children()
    began_s = asyncio.get_running_loop().time()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.get_running_loop().time() - began_s < 0.2
    if before is not None:
        assert before and not set(before) & set(children() or [])


def children() -> list[str] | None:
    """The processes that this one has, where that can be seen."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return path.read_text().split() if path.exists() else None


class Escapes:
    """What is tried behind the audit hook's back, with the kernel's walls alone: `bare` runs it without the hook."""

    SOCKET = "import socket; socket.socket()"
    UNIX = "import socket; socket.socketpair()"
    FORK = "import os; os.fork()"
    SPAWN = "import subprocess; subprocess.Popen(['/bin/true'])"
    EXEC = "import os; os.execv('/bin/true', ['true'])"
    KILL = "import os; os.kill(os.getppid(), 0)"
    SESSION = "import os; os.setsid()"
    READ = "open('/etc/passwd')"
    PARENT = "import os; open(f'/proc/{os.getppid()}/environ')"
    LIST = "import os; os.listdir('/')"
    WRITE = "open('/dev/shm/microturn-escaped', 'w')"
    REMOVE = "import os; os.remove('/tmp/none')"
    RENAME = "import os; os.rename('/tmp/none', '/tmp/other')"
    FOLDER = "import os; os.mkdir('/tmp/microturn-escaped')"
    TRUNCATE = "import os; os.truncate('/tmp/none', 0)"
    LIMITS = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (99, 99))"
    TRACE = "assert libc.ptrace(16, os.getppid(), 0, 0) == 0"
    MEMORY = "assert libc.syscall(310, os.getppid(), 0, 0, 0, 0, 0) == 0"
    NEW_NAMESPACE = "assert libc.syscall(272, 0x10000000) == 0"
    X32 = "assert libc.syscall(0x40000000 + 41, 2, 1, 0) >= 0"


def bare(code: str) -> subprocess.CompletedProcess[str]:
    program = f"""
        import ctypes, os, sys
        sys.path.insert(0, {str(Path(sandbox.__file__).parent)!r})
        import sandbox, socket, subprocess, resource
        libc = ctypes.CDLL(None)
        sandbox.limit()
        assert sandbox.walls(sandbox.library()) == (True, True), "no walls"
        try:
            {code}
        except (PermissionError, AssertionError, ValueError):
            print("refused")
    """
    command = [sys.executable, "-I", "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@KERNEL
@pytest.mark.parametrize("name", [name for name in vars(Escapes) if name.isupper()])
def test_the_kernel_refuses_it_too(name: str) -> None:
    done = bare(getattr(Escapes, name))
    if "no walls" in done.stderr:
        pytest.skip("this kernel has no Landlock or no seccomp")
    assert done.stdout == "refused\n", done.stderr
    assert not Path("/dev/shm/microturn-escaped").exists()


@KERNEL
def test_without_the_walls_it_would_work() -> None:
    """Else the test above would show nothing."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import os\n{Escapes.SOCKET}\n{Escapes.READ}\n{Escapes.PARENT}\n{Escapes.KILL}"],
        timeout=20,
        check=False,
    )
    assert done.returncode == 0


async def test_the_user_is_asked_and_sees_the_whole_program() -> None:
    asked: list[Card] = []

    async def ask(card: Card) -> Answer:
        asked.append(card)
        return Answer(at_ms=0.0, card=card.id, values={"allow": len(asked) > 1})

    delegation = Delegation(at_ms=0.0, id="d1", task="count", why="", deadline_ms=9e9)
    brief = Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0), ask=ask)
    box = Toolbox.of(python())
    assert box.permission("run_python") is Permission.ASK
    code = "# " + "x" * 5000 + "\n6 * 7"
    with pytest.raises(ToolError, match="the user does not allow run_python"):
        await box.call("run_python", {"code": code}, brief)
    assert (await box.call("run_python", {"code": code}, brief)).text == '<data from="run_python">\n42\n</data>'
    assert all("6 * 7" in card.content["detail"] for card in asked)
    with pytest.raises(ToolError, match="does not fit maxLength 20000"):
        await box.call("run_python", {"code": "x" * 30_000}, brief)
