"""The shelf: everything whose libraries are there, and the reason for what is left out."""

from datetime import datetime
from pathlib import Path

from microturn.background.memory.documents import Documents
from microturn.background.memory.notes import Notes
from microturn.background.tools.calculator import calculator
from microturn.background.tools.shelf import SHELF, Household, Row, built_in, left_out
from microturn.background.tools.tool import Toolbox


def test_what_is_built_in(tmp_path: Path) -> None:
    house = Household(
        now=lambda: datetime(2026, 11, 22),
        documents=Documents(tmp_path / "documents.sqlite"),
        notes=Notes(tmp_path / "notes.sqlite"),
    )
    names = {tool.name for tool in Toolbox.of(built_in(house)).offered()}
    assert {"calculate", "time_in", "date_in", "search_documents", "remember", "recall", "look"} <= names
    assert ("convert_units" in names) == ("units" not in left_out())
    assert list(tmp_path.iterdir()) == []


def test_what_lacks_its_libraries_is_left_out_and_says_so() -> None:
    shelf = (*SHELF[:1], Row(name="wonders", make=lambda house: calculator(), needs=("json", "no_such_package")))
    assert [tool.name for tool in built_in(shelf=shelf)] == ["calculate"]
    assert left_out(shelf) == {"wonders": "no_such_package not installed: uv sync --extra background"}
