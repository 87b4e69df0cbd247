"""The house holds: imports point one way, no cycle, short files and functions, legends, and imports that do nothing.

The layers are those of DESIGN section 2; a function-local import counts like any other.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "microturn"
LAYERS = {
    "protocol": set[str](),
    "features": {"protocol"},
    "model": {"protocol", "features"},
    "data": {"protocol", "features"},
    "train": {"protocol", "features", "model", "data"},
    "engine": {"protocol", "features", "model"},
    "background": {"protocol", "features"},
    "client": {"protocol"},
    "bench": {"protocol", "features", "data"},
    "server": {"protocol", "engine", "background"},
    "cli": {"protocol", "features", "model", "data", "train", "engine", "background", "client", "bench", "server"},
}
WITHOUT_TORCH = ("protocol", "features", "client", "bench")
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_LOOP_LINES = 500, 60, 100
VAGUE = {"utils", "util", "common", "misc", "helpers", "manager", "handler"}
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room_of(module: str) -> str:
    """The layer of `microturn.room.file`; empty for the package itself."""
    return (module.split(".") + [""])[1]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imported(path: Path, *, at_runtime_start: bool = False) -> list[tuple[str, int]]:
    """Every module that a file imports, with the line; `at_runtime_start` leaves out those in functions."""
    found: list[tuple[str, int]] = []
    here = list(path.relative_to(ROOT).with_suffix("").parts)
    waiting: list[ast.AST] = [parsed(path)]
    while waiting:
        node = waiting.pop()
        local = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_type_checking(node)
        if not (at_runtime_start and local):
            waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*here[: len(here) - node.level], *([node.module] if node.module else [])])
            base = base if node.level else node.module or ""
            found.append((base, node.lineno))
            found += [
                (f"{base}.{alias.name}", node.lineno) for alias in node.names if f"{base}.{alias.name}" in MODULES
            ]
    return found


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(MODULES[FILES.index(path)])
    if not room:
        allowed, own = set[str](), {"microturn"}
    else:
        assert room in LAYERS, f"{room} is no layer of DESIGN section 2"
        allowed, own = LAYERS[room], {room}
    for module, line in imported(path):
        if module.split(".")[0] == "microturn" and module != "microturn":
            assert room_of(module) in allowed | own, f"{path}:{line}: {room} must not import {module}"


def test_the_layers_themselves_have_no_cycle() -> None:
    def reach(room: str, seen: frozenset[str]) -> None:
        assert room not in seen
        for below in LAYERS[room]:
            reach(below, seen | {room})

    for room in LAYERS:
        reach(room, frozenset())


def test_modules_have_no_import_cycle() -> None:
    edges = {
        name: {m for m, _ in imported(path) if m in MODULES and m not in ("microturn", name)}
        for name, path in zip(MODULES, FILES, strict=True)
    }
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " imports ".join([*trail[trail.index(module) :], module])
        if module not in done:
            for below in sorted(edges[module]):
                visit(below, (*trail, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_files_and_functions_are_short_and_named_for_what_they_do(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES, f"{path} has {lines} lines"
    assert path.stem not in VAGUE
    most = MAX_LOOP_LINES if path == PACKAGE / "train" / "loop.py" else MAX_FUNCTION_LINES
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= most, f"{path}:{node.lineno}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_modules_say_what_they_are_and_functions_what_they_return(path: Path) -> None:
    if path.read_text(encoding="utf-8").strip():
        assert ast.get_docstring(parsed(path)), f"{path} has no docstring"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.returns, f"{path}:{node.lineno}: {node.name} does not say what it returns"


SUFFIX = re.compile(r"^[a-z]\w*?_([A-Z]{1,5})$")


def shape_letters(tree: ast.Module) -> dict[str, int]:
    """The letters of shape suffixes (`x_BLD`) in names that the file binds, and a line of each."""
    bound: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append((node.id, node.lineno))
        elif isinstance(node, ast.arg):
            bound.append((node.arg, node.lineno))
    return {letter: line for name, line in bound if (suffix := SUFFIX.match(name)) for letter in suffix[1]}


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_shape_suffixes_have_a_legend(path: Path) -> None:
    legend = set(re.findall(r"\b[A-Z]\b", ast.get_docstring(parsed(path)) or ""))
    for letter, line in shape_letters(parsed(path)).items():
        assert letter in legend, f"{path}:{line}: the docstring's legend lacks the letter {letter}"


def test_torch_stays_out_of_the_light_rooms() -> None:
    for path, name in zip(FILES, MODULES, strict=True):
        if room_of(name) in WITHOUT_TORCH:
            torch = [line for module, line in imported(path) if module.split(".")[0] == "torch"]
            assert not torch, f"{path}:{torch[0]}: {room_of(name)} does without torch"


def test_only_the_clock_reads_the_clock() -> None:
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and path.stem != "clock":
                assert (node.value.id, node.attr) != ("time", "time"), f"{path}:{node.lineno}: time.time()"


IMPORT_ALL = """
import importlib, sys, threading

acts = []
sys.addaudithook(lambda name, args: acts.append((name, args)) if name in watched else None)
watched = {"socket.connect", "socket.bind", "subprocess.Popen", "os.remove", "os.mkdir", "os.rename", "urllib.Request"}
libraries = sys.argv[1].split(",")
for name in libraries:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
acts.clear()
threads = threading.active_count()
for name in sys.argv[2].split(","):
    importlib.import_module(name)
    assert threading.active_count() == threads, f"importing {name} starts a thread"
    assert not acts, f"importing {name} does {acts}"
"""


def outside() -> list[str]:
    """What the package imports from elsewhere when it is imported: loaded first, what they do is not ours."""
    names = {module for path in FILES for module, _ in imported(path, at_runtime_start=True)}
    return sorted(name for name in names if name.split(".")[0] != "microturn" and name != "__future__")


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_importing_does_nothing() -> None:
    done = run_python(IMPORT_ALL, ",".join(outside()), ",".join(MODULES))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == ""


def test_the_light_rooms_load_no_torch() -> None:
    light = [name for name in MODULES if room_of(name) in WITHOUT_TORCH] + ["microturn.cli"]
    code = "import importlib, sys\nfor m in sys.argv[1].split(','): importlib.import_module(m)\nassert 'torch' not in sys.modules"
    done = run_python(code, ",".join(light))
    assert done.returncode == 0, done.stderr[-2000:]
