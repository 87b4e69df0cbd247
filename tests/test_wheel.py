"""The wheel carries the page and the released weights, and works outside the repository.

It is installed without its dependencies (they are gigabytes) beside those of this environment.
"""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

import microturn

ROOT = Path(__file__).parent.parent
WEB = ROOT / "microturn" / "server" / "web"
NANO = ROOT / "weights" / "nano"
UV = os.environ.get("UV", "uv")  # set by `uv run`


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """A command that must succeed; its output."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("microturn-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the wheel's contents, installed."""
    target = wheel.parent / "site"
    run(UV, "pip", "install", "--quiet", "--no-deps", "--target", target, wheel, cwd=wheel.parent)
    return target


def python(installed: Path, code: str) -> str:
    """Run code outside the repository: the installed wheel first, then this environment's other packages."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    return run(sys.executable, "-c", code, cwd=installed.parent, PYTHONPATH=path).strip()


def packaged(folder: Path) -> set[str]:
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == microturn.__version__


def test_the_wheel_carries_the_code_the_page_the_weights_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"microturn/server/web/{file}" for file in packaged(WEB)} <= names
    assert {f"microturn/weights/{file}" for file in packaged(ROOT / "weights")} <= names
    assert {f"microturn/{file.relative_to(ROOT / 'microturn')}" for file in (ROOT / "microturn").rglob("*.py")} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "shared", "recipes"))]


def test_the_installed_command_is_the_wheels_own(installed: Path) -> None:
    said = python(installed, "import microturn, microturn.cli\nprint(microturn.__file__)")
    assert Path(said).is_relative_to(installed)
    helped = run(installed / "bin" / "microturn", "--help", cwd=installed.parent, PYTHONPATH=str(installed))
    assert "commands:" in helped


def test_the_page_lies_in_the_installed_package(installed: Path) -> None:
    page = python(installed, "from microturn.server.app import WEB\nprint(WEB / 'index.html')")
    assert Path(page).is_relative_to(installed)
    assert Path(page).is_file()


@pytest.mark.skipif(not NANO.exists(), reason="no nano is released yet")
def test_the_released_model_is_found_in_the_installed_package(installed: Path) -> None:
    said = python(installed, "from microturn.protocol.released import released\nprint(released('nano'))")
    assert Path(said).is_relative_to(installed)
    assert packaged(Path(said)) == packaged(NANO)


@pytest.mark.skipif(not NANO.exists(), reason="no nano is released yet")
def test_the_installed_model_takes_a_recording(installed: Path) -> None:
    code = (
        "import numpy as np\nfrom microturn.cli.model import open_model\nfrom microturn.engine.offline import run\n"
        "print(run(open_model('nano'), np.zeros(16000, np.float32), tail_s=0).duration_ms)"
    )
    assert float(python(installed, code)) >= 1000


@contextmanager
def interruptible() -> Iterator[None]:
    """Commands that a script runs in the background ignore Ctrl-C, and so would their children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def served(installed: Path) -> Iterator[str]:
    """`host:port` of the installed `microturn serve`, run outside the repository and stopped with Ctrl-C."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    with interruptible():
        process = subprocess.Popen(
            [installed / "bin" / "microturn", "serve", "--port", "0", "--device", "cpu"],
            cwd=installed.parent,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        address = re.search(r"http://([^/]+)/", greeting)
        assert address, greeting
        yield address[1]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130  # interrupted, as shells say it
    finally:
        process.kill()


@pytest.mark.skipif(not NANO.exists(), reason="no nano is released yet")
def test_the_installed_server_shows_the_page_and_holds_a_session(installed: Path) -> None:
    with served(installed) as address:
        page = httpx.get(f"http://{address}/")
        assert page.status_code == 200 and "<title>microturn</title>" in page.text
        with connect(f"ws://{address}/v1/live/sessions?microturn=1") as ws:
            ws.send(json.dumps({"type": "session.start", "session": {"model": "nano"}}))
            kinds = [json.loads(ws.recv(timeout=30))["type"] for _ in range(3)]
            assert kinds == ["session.started", "microturn.session", "microturn.tick"]
            ws.send(json.dumps({"type": "session.close"}))
