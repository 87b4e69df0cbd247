"""A card as one HTML document that a browser can show with nothing else: for the `srcdoc` of a frame without scripts.

What a document holds has gone through `markup.harmless`, and its policy lets it load nothing but pictures in the document.
"""

import base64
import io
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from microturn.background.drawing.charts import DARK, svg
from microturn.background.drawing.markup import harmless
from microturn.protocol.events import Card

MOST_ROWS = 100  # of a table that are shown
MOST_HTML = 400 << 10  # characters of a document
LONGEST_SIDE, MOST_PIXELS = 1_000, 24_000_000  # of an image: as it is shown, as it comes
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
STYLE = """
:root { --text: #1d1e20; --muted: #74767b; --line: #dcdad4; --faint: #efede8; --user: #2f6f8f; --bad: #c0362c;
  color-scheme: light dark; font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --text: #eceae6; --muted: #94969c; --line: #2f3237; --faint: #23262a;
  --user: #6bb3d6; --bad: #ef6a5f; } }
* { box-sizing: border-box; }
html { background: transparent; }
body { margin: 0; padding: 2px 16px 14px; display: flow-root; color: var(--text); overflow-wrap: anywhere; }
body > :first-child, .markdown > :first-child { margin-top: 0; }
body > :last-child, .markdown > :last-child { margin-bottom: 0; }
h1, h2, h3, h4 { font-size: 1.05rem; line-height: 1.25; margin: 1em 0 0.4em; letter-spacing: -0.01em; }
p, ul, ol, pre, blockquote, table { margin: 0.6em 0; }
ul, ol { padding-left: 1.3em; } li { margin: 0.15em 0; }
code, pre { font: 0.88em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--faint); border-radius: 6px; }
code { padding: 0.1em 0.35em; } pre { padding: 10px 12px; overflow-x: auto; } pre code { padding: 0; background: none; }
blockquote { border-left: 3px solid var(--line); padding-left: 12px; color: var(--muted); margin-inline: 0; }
hr { border: 0; border-top: 1px solid var(--line); }
img { max-width: 100%; height: auto; border-radius: 10px; display: block; margin: 0 auto; }
svg { display: block; overflow: visible; width: 100%; max-width: 490px; max-height: 400px; height: auto; margin: 0 auto; }
.wide { overflow-x: auto; margin: 0 -16px; padding: 0 16px; }
.wide:first-child > table { margin-top: 0; } .wide:last-child > table { margin-bottom: 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; overflow-wrap: normal; }
th, td { text-align: left; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--faint); vertical-align: top; }
th { font-weight: 600; font-size: 0.84rem; color: var(--muted); border-bottom-color: var(--line); white-space: nowrap; }
td { max-width: 24em; } tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.more, .address { color: var(--muted); font-size: 0.88rem; } .address { overflow-wrap: anywhere; }
.why { color: var(--bad); }
"""
JSON = Mapping[str, Any]


def document(card: Card) -> str:
    """The document of a card that is no question. ValueError says why it cannot be drawn."""
    body = DRAWN[card.kind](card.content)
    whole = _whole(f'<div class="{card.kind}">{body}</div>', _recoloured() if card.kind == "chart" else "")
    if len(whole) > MOST_HTML:
        raise ValueError("it is too large; show less of it")
    return whole


def excuse(why: str) -> str:
    """The document of a card that cannot be drawn."""
    return _whole(f'<p class="why">This cannot be shown: {escape(why)}</p>')


def _whole(body: str, style: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="color-scheme" content="light dark">'
        f"<style>{STYLE}{style}</style></head><body>{body}</body></html>"
    )


def _recoloured() -> str:
    """Colours stand in the attributes of a chart; a style overrules them."""
    rules = [
        f'svg [{name}="{light}"] {{ {name}: {dark}; }}' for light, dark in DARK.items() for name in ("fill", "stroke")
    ]
    return f"@media (prefers-color-scheme: dark) {{ {' '.join(rules)} }}"


def _markdown(content: JSON) -> str:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    html = reader.render(content["text"])
    return harmless(html).replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")


def _table(content: JSON) -> str:
    columns, rows = content["columns"], content["rows"]
    numeric = [
        bool(rows)
        and all(row[i] is None or _is_number(row[i]) for row in rows)
        and any(row[i] is not None for row in rows)
        for i in range(len(columns))
    ]
    mark = [' class="number"' if right else "" for right in numeric]
    head = "".join(f'<th scope="col"{mark[i]}>{escape(name)}</th>' for i, name in enumerate(columns))
    body = "".join(
        f"<tr>{''.join(f'<td{mark[i]}>{_cell(cell)}</td>' for i, cell in enumerate(row))}</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = f'<p class="more">and {len(rows) - MOST_ROWS} more</p>' if len(rows) > MOST_ROWS else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _cell(cell: object) -> str:
    if cell is None or isinstance(cell, bool):
        return {None: "–", True: "yes", False: "no"}[cell]
    return escape(f"{cell:.6g}" if isinstance(cell, float) else str(cell)).replace(
        "-", "−" if _is_number(cell) else "-"
    )


def _chart(content: JSON) -> str:
    return harmless(svg(content["spec"]))


def _image(content: JSON) -> str:
    kind, data = fitted(base64.b64decode(content["data"]))
    shown = base64.b64encode(data).decode("ascii")
    return f'<img alt="{escape(content["alt"])}" src="data:image/{kind};base64,{shown}">'


def _html(content: JSON) -> str:
    return harmless(content["html"])


def fitted(data: bytes, longest: int = LONGEST_SIDE) -> tuple[str, bytes]:
    """A PNG or JPEG, written anew without whatever else was in the file, at most `longest` pixels wide and high, and its kind.

    ValueError when it is damaged, of another kind, or larger than 24 megapixels.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(f"the image has {opened.width} by {opened.height} pixels: make it smaller")
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((longest, longest))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("the image is damaged, or neither PNG nor JPEG") from error
    return _written(picture, "png" if opened.format == "PNG" else "jpeg")


def _written(picture: Any, kind: str) -> tuple[str, bytes]:
    sink = io.BytesIO()
    if kind == "jpeg":
        picture.convert("RGB").save(sink, "JPEG", quality=85)
    else:
        picture.info.clear()
        picture.convert("RGBA" if picture.has_transparency_data else "RGB").save(sink, "PNG", optimize=True)
    if kind == "png" and len(sink.getvalue()) > MOST_HTML // 2 and not picture.has_transparency_data:
        return _written(picture, "jpeg")
    return kind, sink.getvalue()


DRAWN: Mapping[str, Callable[[JSON], str]] = {
    "markdown": _markdown,
    "table": _table,
    "chart": _chart,
    "image": _image,
    "html": _html,
}
