"""Cards: what the background may show on the page beside the talk, and how large it may be.

The content of each kind, as JSON: markdown {"text"}; table {"columns": [str], "rows": [[cell]]}; chart {"spec": Vega-Lite};
image {"data": base64 of a PNG or JPEG, "alt"}; html {"html"}; form {"fields": [{"name", "label", "kind", "options"}]};
permission {"tool", "detail"}.
"""

import json

from microturn.protocol.events import Card

CONTENT = {
    "markdown": {"text": str},
    "table": {"columns": list, "rows": list},
    "chart": {"spec": dict},
    "image": {"data": str, "alt": str},
    "html": {"html": str},
    "form": {"fields": list},
    "permission": {"tool": str, "detail": str},
}
KINDS = tuple(CONTENT)
QUESTIONS = ("form", "permission")
MOST_BYTES = 256 << 10  # of a card's content, as JSON
MOST_TITLE = 120


def checked(card: Card) -> Card:
    """The card. ValueError, with what to do, when no page could show it."""
    if card.kind not in CONTENT:
        raise ValueError(f"there is no card of kind {card.kind!r}; there are {', '.join(KINDS)}")
    if not card.id or not card.title.strip() or len(card.title) > MOST_TITLE:
        raise ValueError(f"a card has an id, and a title of up to {MOST_TITLE} characters")
    for name, kind in CONTENT[card.kind].items():
        if not isinstance(card.content.get(name), kind):
            raise ValueError(f"a {card.kind} card has content {name!r} of type {kind.__name__}")
    try:
        size = len(json.dumps(dict(card.content), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"a card's content is JSON: {error}") from error
    if size > MOST_BYTES:
        raise ValueError(f"a card may have {MOST_BYTES >> 10} kB of content, got {size >> 10} kB: show less of it")
    return card
