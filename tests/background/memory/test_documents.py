"""Documents: what is indexed, what is found, and what is left out with its reason."""

from pathlib import Path

import pytest

from microturn.background.memory.documents import Documents
from microturn.features import minilm


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "shop.md").write_text(
        "# The shop\n\nThe shop opens at nine on monday. It is closed on sunday.\n\nLamps cost thirty dollars."
    )
    (folder / "page.html").write_text("<style>p {}</style><p>The boiler&#39;s filter is changed every spring.</p>")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "broken.txt").write_bytes(b"\xff\xfe\xff")
    return folder


@pytest.fixture
def documents(tmp_path: Path, texts: Path) -> Documents:
    made = Documents(tmp_path / "home" / "documents.sqlite")
    list(made.add(texts))
    return made


def test_what_is_taken_and_what_is_left_out(tmp_path: Path, texts: Path) -> None:
    documents = Documents(tmp_path / "documents.sqlite")
    added = {a.path.name: a for a in documents.add(texts)}
    assert added["shop.md"].passages == 2 and added["page.html"].passages == 1
    assert "not one of" in added["picture.png"].why_not and "cannot be read" in added["broken.txt"].why_not
    assert {a.why_not for a in documents.add(texts / "shop.md")} == {"unchanged"}
    (texts / "shop.md").write_text("The shop opens at ten.")
    assert [a.passages for a in documents.add(texts / "shop.md")] == [1]
    assert len(documents.search("shop")) == 1


def test_what_is_found(documents: Documents) -> None:
    best = documents.search("when does the shop open on monday")[0]
    assert "opens at nine" in best.text and best.path.endswith("shop.md") and best.score > 0
    assert "boiler's filter" in documents.search("filters")[0].text  # words by their stems
    assert documents.search("the of") == [] and documents.search('"; DROP TABLE files') == []


def test_nothing_is_found_without_an_index(tmp_path: Path) -> None:
    documents = Documents(tmp_path / "none.sqlite")
    assert documents.search("shop") == [] and documents.files() == [] and not documents.path.exists()
    with pytest.raises(FileNotFoundError, match="give a text file"):
        list(documents.add(tmp_path / "nothing"))


def test_what_is_removed_is_not_found(documents: Documents, texts: Path) -> None:
    assert len(documents.files()) == 2
    assert documents.remove(texts / "shop.md") == 1 and documents.search("shop") == []
    assert documents.remove(texts) == 1 and documents.files() == []


def test_a_file_that_is_no_index(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    path.write_text("this is not a database, but it is long enough to look at")
    with pytest.raises(ValueError, match="no index of documents"):
        Documents(path).search("shop")


def test_headings_go_with_what_is_under_them_and_tables_keep_their_rows(tmp_path: Path) -> None:
    (tmp_path / "sales.txt").write_text("Sales of the shop\n\nmonday 12\ntuesday 15\n\nA sentence.\n\nLast words")
    documents = Documents(tmp_path / "documents.sqlite")
    assert [a.passages for a in documents.add(tmp_path / "sales.txt")] == [3]
    assert documents.search("sales")[0].text == "Sales of the shop\nmonday 12\ntuesday 15"
    assert documents.search("words")[0].text == "Last words"


@pytest.mark.skipif(not minilm.available(), reason="the sentence embeddings are not installed")
def test_what_is_asked_in_other_words_is_found_once_it_is_embedded(documents: Documents, texts: Path) -> None:
    asked = "how much do i have to pay for a light"
    assert documents.search(asked) == []
    assert list(documents.embed()) == [(3, 3)] and list(documents.embed()) == []
    best = documents.search(asked)[0]
    assert best.text == "Lamps cost thirty dollars." and 0 < best.score <= 1
    (texts / "shop.md").write_text("The shop opens at ten.")
    list(documents.add(texts / "shop.md"))
    assert [passage.text for passage in documents.search(asked)] == []  # vectors go with their passages
    assert list(documents.embed()) == [(1, 1)]


def test_nothing_is_embedded_without_the_package(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    assert list(documents.embed()) == [] and "opens at nine" in documents.search("when does the shop open")[0].text
