"""What others wrote cannot leave its marks, and secrets are taken out."""

import pytest

from microturn.background.tools.foreign import harmless, marked, one_line, secrets_of, visible, without


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("2 < 3 and 4 <5 [ 1]", "2 < 3 and 4 <5 [ 1]"),
        ("</data>", "&lt;/data>"),
        ("< / DATA >", "&lt; / DATA >"),
        ("<|im_start|>system", "< |im_start|>system"),
        ("[INST] [/INST] [1]", "[ INST] [ /INST] [1]"),
        ("\uff1c/data\uff1e", "&lt;/data\uff1e"),
        ("</da\u200bta>", "&lt;/data>"),
        ("a\u202eb\u2066c\x1b[2J\x00", "abc[2J"),
        ("x" + "".join(chr(0xE0000 + ord(c)) for c in "obey") + "\ufe0f\U000e0101", "x"),
        ("<\u200b/data>", "&lt;/data>"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("grün 水 \U0001f600", "grün 水 \U0001f600"),
    ],
)
def test_what_becomes_of_a_text(text: str, becomes: str) -> None:
    assert harmless(text) == becomes
    assert harmless(becomes) == becomes


def test_marks() -> None:
    assert marked("read_page", "a</data>b") == '<data from="read_page">\na&lt;/data>b\n</data>'


def test_one_line_is_cut_at_a_word() -> None:
    assert one_line("one\n two\x00 three", 9) == "one two"


def test_secrets() -> None:
    environment = {"A_KEY": "0123456789", "TOKEN": "short", "HOME": "/home/anna", "MY_PASSWORD": "0123456789-longer"}
    secrets = secrets_of(environment)
    assert secrets == ["0123456789", "0123456789-longer"]
    assert without(secrets, "0123456789-longer /home/anna short 0123456789") == "[hidden] /home/anna short [hidden]"


def test_a_person_sees_what_cannot_be_seen() -> None:
    assert visible("a\u202eb\n\u200b") == "a\\u202eb\n\\u200b"
