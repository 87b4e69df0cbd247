"""Words that the vocabulary has to spell: each takes several tokens, and its label counts as unknown."""

from functools import lru_cache

from microturn.data.audit.findings import Finding
from microturn.data.audit.session import Session
from microturn.data.factory import tokenizer
from microturn.protocol.events import Do, Text


def spelled(session: Session) -> list[Finding]:
    """Words on any channel that are not one token, each once."""
    texts = [word.text for word in (*session.heard, *session.said)]
    texts += [event.text for event in session.events if isinstance(event, Do | Text)]
    words = dict.fromkeys(word for text in texts for word in text.lower().split())
    return [Finding(reason="spelled word", detail=repr(word)) for word in words if not known(word)]


@lru_cache(maxsize=1 << 16)
def known(word: str) -> bool:
    return len(tokenizer().encode(word)) == 1
