"""Programs: those without a bug run, those with one do not, and it is the named line that breaks them."""

import builtins
import contextlib
import io

import numpy as np
import pytest

from microturn.data.pictures import programs
from microturn.data.pictures.programs import BUGS, draw_log, draw_program


def fault(text: str) -> str:
    """What Python says of a program: the name of the exception, or nothing."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, "typed", "exec"), {})  # noqa: S102  (made by the test, from a few fixed words)
    except (SyntaxError, NameError) as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize("seed", range(30))
def test_a_program_without_a_bug_runs(seed: int) -> None:
    program = draw_program(np.random.default_rng(seed))
    assert fault(program.text) == "" and program.at is None and program.names


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_breaks_the_program_from_where_it_is_complete(bug: str) -> None:
    for seed in range(30):
        program = draw_program(np.random.default_rng(seed), bug=bug)
        assert program.at is not None
        assert fault(program.text) in ("SyntaxError", "IndentationError", "NameError")
        typed = program.text[: program.at]
        right = typed.rstrip("\n").rsplit("\n", 1)[0]
        assert fault(right) == "" and fault(typed) != ""
        assert program.at < len(program.text)
        assert (fault(typed) == "NameError") == (bug == "name")


def test_an_unknown_bug_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="no bug 'typo'; choose from bracket"):
        draw_program(np.random.default_rng(0), bug="typo")


def test_only_the_last_line_of_a_log_says_how_it_ended() -> None:
    for seed in range(20):
        passed, failed = (draw_log(np.random.default_rng(seed), passes=passes) for passes in (True, False))
        assert "passed" in passed[-1] or "done" in passed[-1]
        assert "error" in failed[-1] or "failed" in failed[-1]
        steps = " ".join((*passed[:-1], *failed[:-1]))
        assert not any(word in steps for word in ("passed", "done", "error", "failed"))


def test_names_are_different_and_python_knows_none_of_them() -> None:
    assert len(set(programs.NAMES)) == len(programs.NAMES)
    assert not set(programs.NAMES) & set(dir(builtins))
