"""HTML that others wrote, cut down to what can only be looked at: no script, no link, no form, nothing that is fetched.

An allowlist of tags and attributes; what is not on it is left out, its text kept (of scripts and the like also the text).
The page puts the result into a frame without scripts under a policy that loads nothing, so each of the three holds alone.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

import re
from html import escape
from html.parser import HTMLParser

PLAIN = frozenset(
    "abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
    "hr i img ins kbd li main mark meter ol p pre progress q s samp section article header footer small span strong style sub "
    "summary sup table tbody td tfoot th thead time tr u ul var wbr".split()
)
DRAWN = frozenset(
    "svg g path rect circle ellipse line polyline polygon text tspan defs clippath lineargradient radialgradient stop "
    "pattern marker use mask".split()
)
GONE = frozenset(
    "script iframe object embed noscript template title textarea select option math foreignobject frameset noembed noframes xmp "
    "plaintext audio video canvas applet animate set animatetransform animatemotion".split()
)  # with all that is in them
VOID = frozenset("br col hr img wbr".split())
ATTRIBUTES = frozenset(
    "class id style title alt width height colspan rowspan scope start value max min low high optimum open dir lang datetime "
    "role aria-label aria-hidden aria-roledescription xmlns viewbox preserveaspectratio transform fill fill-opacity "
    "fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-miterlimit opacity "
    "d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy points offset stop-color stop-opacity gradientunits gradienttransform "
    "patternunits patterntransform clip-path clip-rule clippathunits mask marker-start marker-mid marker-end markerwidth "
    "markerheight refx refy orient text-anchor dominant-baseline font-family font-size font-weight font-style "
    "letter-spacing textlength".split()
)
INLINE_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z")
ADDRESS = re.compile(r"(https?://|mailto:)\S+\Z", re.IGNORECASE)
MOST_DEEP = 100


class _Sieve(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.gone: list[str] = []
        self.links: list[tuple[str, int]] = []  # address, and where its text begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.gone or tag in GONE:
            self.gone += [tag] if tag in GONE else []
        elif tag == "a":
            address = next((value or "" for name, value in attrs if name == "href"), "").strip()
            self.links.append((address, len(self.parts)))
        elif tag == "img" and not INLINE_IMAGE.match(dict(attrs).get("src") or ""):
            self.parts.append(escape(dict(attrs).get("alt") or ""))
        elif tag in PLAIN | DRAWN and len(self.open) < MOST_DEEP:
            kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if _may(tag, name, value or ""))
            self.parts.append(f"<{tag}{kept}>")
            self.open += [tag] if tag not in VOID else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not (self.gone or tag in GONE):  # an empty script has nothing in it
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.gone:
            if tag in self.gone:
                del self.gone[self.gone.index(tag) :]
        elif tag == "a":
            self._end_link()
        elif tag in self.open:
            while self.open[-1] != tag:
                self.parts.append(f"</{self.open.pop()}>")
            self.parts.append(f"</{self.open.pop()}>")

    def _end_link(self) -> None:
        """A link is its text and, where that is not the same, its address, to be read and not to be followed."""
        if not self.links:
            return
        address, start = self.links.pop()
        text = "".join(self.parts[start:])
        if ADDRESS.match(address) and escape(address) not in text:
            self.parts.append(f' <span class="address">{escape(address[:200])}</span>')

    def handle_data(self, data: str) -> None:
        if self.gone:
            return
        if self.open[-1:] == ["style"]:
            self.parts.append(data.replace("<", " "))
        else:
            self.parts.append(escape(data))

    def whole(self) -> str:
        self.close()
        while self.open:
            self.parts.append(f"</{self.open.pop()}>")
        return "".join(self.parts)


def harmless(html: str) -> str:
    """What may be shown of it; never raises."""
    sieve = _Sieve()
    sieve.feed(html)
    return sieve.whole()


def _may(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img"  # which is there only with a picture of its own
    if name in ("href", "xlink:href"):
        return tag in DRAWN and value.startswith("#")
    return name in ATTRIBUTES
