"""What a system answered, as text: its own words on the text channel, or what a recogniser hears of its voice.

Benchmarks of replies in text read the text that a system gives, capitals and full stops and line breaks included,
whether or not all of it had been spoken when the scenario ended. Only a system that gives no text is listened to.
"""

from dataclasses import dataclass

from microturn.bench import recogniser
from microturn.bench.audible import soundings
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline

TEXT, RECOGNISED, NOTHING, UNHEARD = "text channel", "recogniser", "nothing", "no recogniser"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The reply and where it is from. `text` is None where there was a voice but nobody to write down what it said."""

    text: str | None
    source: str


def reply_of(output: Timeline) -> Reply:
    """A system's whole reply."""
    words = output.words(Channel.SAY)
    if words:
        return Reply(text=joined([word.text for word in words]), source=TEXT)
    track = output.audio.get(Channel.MODEL)
    if track is None or not soundings(output):
        return Reply(text="", source=NOTHING)
    if not recogniser.available():
        return Reply(text=None, source=UNHEARD)
    return Reply(text=recogniser.transcribe(track.samples, track.rate_hz).strip(), source=RECOGNISED)


def joined(words: list[str]) -> str:
    """Words with spaces between them, where they do not bring their own space or line break."""
    text = ""
    for word in words:
        loose = text and not text[-1].isspace() and not word[:1].isspace()
        text += (" " if loose else "") + word
    return text.strip()
