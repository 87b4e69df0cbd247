"""Every format is read, sides are told apart, no text is in both splits, and what cannot be read says where and why."""

import json
import lzma
from pathlib import Path

import pytest

from microturn.data.dialogue.texts import CORPORA, Dialogue, dialogues, files_of, read, split_of
from tests.data.dialogue.beeps import write_texts


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(lzma.compress(text.encode()) if name.endswith(".xz") else text.encode())
    return path


def test_schema_guided_and_taskmaster(tmp_path: Path) -> None:
    guided = {"id": "1_0", "turns": [["U", "Hi."], ["S", "Hello!"], ["U", "Bye"], ["S", "Bye."]]}
    one = read(written(tmp_path, "schema_guided_dialogue.jsonl.xz", json.dumps(guided)))[0]
    assert (one.id, one.licence) == ("schema_guided/1_0", "CC BY-SA 4.0")
    assert one.lines == (("user", "Hi."), ("model", "Hello!"), ("user", "Bye"), ("model", "Bye."))
    other = read(
        written(tmp_path, "taskmaster.jsonl", json.dumps({"id": "x", "turns": [["U", "Hi."], ["A", "Yes?"]]}))
    )[0]
    assert [side for side, _ in other.lines] == ["user", "model"] and other.source.endswith("Taskmaster")


def test_persona_chat(tmp_path: Path) -> None:
    row = 'a,b,"User 1: Hi!\n** User 2: Hello, you.\nand more\nUser 1: Bye."\n'
    text = "user 1 personas,user 2 personas,Best Generated Conversation\n" + row
    one = read(written(tmp_path, "Synthetic-Persona-Chat_test.csv.xz", text))[0]
    assert one.id == "persona_chat/test/1"
    assert one.lines == (("user", "Hi!"), ("model", "Hello, you."), ("user", "Bye."))


def test_plain_lines_of_any_names(tmp_path: Path) -> None:
    lines = [
        [{"speaker": "Ann", "text": "Hi."}, {"speaker": "Bob", "text": "Hello."}],
        {"turns": [["bot", "Hi"], ["me", "Oh"]]},
    ]
    one, other = read(written(tmp_path, "mine.jsonl", "\n".join(map(json.dumps, lines)) + "\n\n"))
    assert [side for side, _ in one.lines] == ["user", "model"] and one.licence == "not stated"
    assert [side for side, _ in other.lines] == ["model", "user"] and other.id == "mine/2"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "mine.jsonl:2 is no dialogue"),
        ("{}", "it holds no turns"),
        ("7", "it holds no turns"),
        ('[{"speaker": "a", "text": 3}]', "must be strings"),
        ('[["a", "x"], ["b", "x"], ["c", "x"]]', "it has 3 speakers"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = written(tmp_path, "mine.jsonl", '[["a", "x"], ["b", "y"]]\n' + line)
    with pytest.raises(ValueError, match=reason):
        read(path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl.xz").write_bytes(b"no xz")
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9\xff")
    for name in ("mine.jsonl.xz", "latin.jsonl"):
        with pytest.raises(ValueError, match=f"{name} cannot be read"):
            read(tmp_path / name)
    with pytest.raises(ValueError, match="has no column"):
        read(written(tmp_path, "Synthetic-Persona-Chat_x.csv", "a,b\n1,2\n"))


def test_turns_alternate_from_the_user_to_the_model() -> None:
    lines = (
        ("model", "Hi."),
        ("user", "Yes. No."),
        ("user", "[name]"),
        ("model", "😀"),
        ("user", "Well"),
        ("model", "A, b."),
        ("user", "Bye"),
    )
    one = Dialogue(id="x", source="", licence="", lines=lines)  # pyright: ignore[reportArgumentType]
    assert [(turn.side, turn.sentences) for turn in one.turns()] == [
        ("user", ("yes", "no", "well")),
        ("model", ("a | b",)),
    ]


def test_no_text_is_in_both_splits(tmp_path: Path) -> None:
    path = write_texts(tmp_path / "mine.jsonl")
    lines = Path(path).read_text().splitlines()
    again = [json.dumps(json.loads(line) | {"id": f"again{i}"}) for i, line in enumerate(lines)]
    Path(path).write_text("\n".join(lines + again))
    train, test = dialogues([path, path], "train"), dialogues([path], "test")
    assert len(train) + len(test) == 60 and len(test) >= 2
    assert not {one.lines for one in train} & {one.lines for one in test}
    assert all(one.split == "train" and split_of(one.id) == "train" for one in train)


def test_a_tenth_is_for_tests_and_stays_so() -> None:
    splits = [split_of(f"id{n}") for n in range(4000)]
    assert 0.08 < splits.count("test") / 4000 < 0.12
    assert [n for n in range(60) if split_of(f"schema_guided/1_{n:05d}") == "test"] == [13, 23, 32, 42]


def test_sources_that_are_missing_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROTURN_DATA", raising=False)
    with pytest.raises(ValueError, match="the one that MICROTURN_DATA names: get google-research-datasets/Taskmaster"):
        files_of("taskmaster")
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="holds no taskmaster"):
        files_of("taskmaster")
    with pytest.raises(ValueError, match="give a JSONL file, a folder of them, or one of schema_guided"):
        files_of(str(tmp_path / "gone"))
    (tmp_path / "text").mkdir()
    found = written(tmp_path / "text", "taskmaster.jsonl", '{"id": "b", "turns": [["U", "Hi"], ["A", "Yes"]]}')
    assert files_of("taskmaster") == [found] == files_of(str(tmp_path / "text"))
    with pytest.raises(ValueError, match="no dialogue of the test split"):
        dialogues(["taskmaster"], "test")
    with pytest.raises(ValueError, match="not 'unseen'"):
        dialogues(["taskmaster"], "unseen")
    assert {corpus.kind for corpus in CORPORA} == {"schema_guided", "taskmaster", "persona_chat"}
