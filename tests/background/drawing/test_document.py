"""Cards as documents: what is in them, and what is not."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from microturn.background.drawing.document import MOST_HTML, MOST_ROWS, POLICY, document, excuse, fitted
from microturn.protocol.events import Card


def card(kind: str, **content: Any) -> Card:
    return Card(at_ms=0.0, id="a", delegation="d", kind=kind, title="a title", content=content)


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    sink = io.BytesIO()
    Image.new(mode, (width, height), "red").save(sink, "PNG", pnginfo=None)
    return sink.getvalue()


def test_every_document_has_its_policy_and_can_be_dark() -> None:
    whole = document(card("markdown", text="hello"))
    assert POLICY in whole and "default-src 'none'" in POLICY and "script" not in POLICY
    assert "prefers-color-scheme: dark" in whole and whole.startswith("<!doctype html>")


def test_markdown() -> None:
    text = "# Hi\n\n- **one** `two`\n\n[x](javascript:bad()) [y](https://y.example)\n\n<script>bad()</script>\n\n|a|\n|-|\n|1|"
    whole = document(card("markdown", text=text))
    assert "<h1>Hi</h1>" in whole and "<strong>one</strong>" in whole and "<td>1</td>" in whole
    assert "href" not in whole and "&lt;script&gt;" in whole and "https://y.example" in whole
    assert "evil" not in document(card("markdown", text="![a cat](https://evil.example/x.png)"))


def test_a_table_has_its_numbers_on_the_right_and_an_end() -> None:
    rows = [["<b>", -1.5, True], ["y", None, None], *([["z", 2, False]] * 298)]
    whole = document(card("table", columns=["name", "<i>", "ok"], rows=rows))
    assert '<td>&lt;b&gt;</td><td class="number">−1.5</td><td>yes</td>' in whole
    assert '<td>y</td><td class="number">–</td><td>–</td>' in whole
    assert '<th scope="col" class="number">&lt;i&gt;</th>' in whole
    assert whole.count("<tr>") == MOST_ROWS + 1 and "and 200 more" in whole


def test_an_image_is_written_anew_and_bounded() -> None:
    kind, data = fitted(png(3000, 100))
    assert kind == "png" and Image.open(io.BytesIO(data)).size == (1000, 33)
    trailing = png(4, 4) + b"<script>bad()</script>"
    assert b"script" not in fitted(trailing)[1]
    whole = document(card("image", data=base64.b64encode(png(4, 4)).decode(), alt='a "cat"'))
    assert 'src="data:image/png;base64,' in whole and "a &quot;cat&quot;" in whole


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a" + bytes(40), png(9, 9)[:50]])
def test_a_damaged_image_says_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        fitted(data)


def test_a_huge_image_is_not_unpacked() -> None:
    with pytest.raises(ValueError, match="make it smaller"):
        fitted(png(9000, 9000, "1"))


def test_html_is_sieved() -> None:
    whole = document(
        card("html", html="<html><head><title>x</title></head><body><h1 onclick=bad()>Hi</h1><script>bad()")
    )
    assert "<h1>Hi</h1>" in whole and "bad()" not in whole


def test_what_grows_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        document(card("html", html="&amp;" * (MOST_HTML // 5 + 1)))
    with pytest.raises(ValueError, match="too large"):
        document(card("table", columns=["a"], rows=[["<" * 2000]] * 100))


def test_an_excuse_cannot_be_made_to_run() -> None:
    assert "<script>" not in excuse("<script>")
