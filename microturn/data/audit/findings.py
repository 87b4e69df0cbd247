"""What an audit finds: every reason with how grave it is and what it means. One table, so that reasons can be counted."""

from dataclasses import dataclass
from enum import StrEnum


class Gravity(StrEnum):
    FAULT = "fault"  # do not train on it
    WARNING = "warning"  # look at it
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Reason:
    gravity: Gravity
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found; `reason` is a key of `REASONS`, `detail` says where and what."""

    reason: str
    detail: str = ""
    count: int = 1  # how many things it stands for

    @property
    def gravity(self) -> Gravity:
        return REASONS[self.reason].gravity


def _fault(meaning: str) -> Reason:
    return Reason(gravity=Gravity.FAULT, meaning=meaning)


def _warning(meaning: str) -> Reason:
    return Reason(gravity=Gravity.WARNING, meaning=meaning)


def _info(meaning: str) -> Reason:
    return Reason(gravity=Gravity.INFO, meaning=meaning)


REASONS: dict[str, Reason] = {
    # Arrays.
    "unreadable": _fault("the file, or this session of it, cannot be read"),
    "broken arrays": _fault("shapes, offsets or ids that do not fit together"),
    # Sound.
    "silent session": _fault("the user speaks, and there is no sound at all"),
    "words without sound": _fault("a fifth or more of the user's words lie where it is silent"),
    "words beside the sound": _fault("it is louder between the user's words than in them: the times are wrong"),
    "silent word": _warning("a word of the user's where it is silent"),
    "impossible word": _warning("a word faster or slower than people speak"),
    "impossible words": _fault("a fifth or more of the user's words are faster or slower than people speak"),
    "other words": _warning("the user does not seem to say these words, by the aligner's ear (--ear)"),
    "clipping": _warning("more than 0.1% of a track's samples are at full scale"),
    "heavy clipping": _fault("more than 5% of a track's samples are at full scale"),
    "level": _warning("a track is louder than -9 or softer than -50 dB full scale"),
    "silent voice": _fault("the model speaks, and its voice has no sound"),
    "no sound": _info("neither words nor sound on the user's side"),
    # Windows.
    "empty window": _fault("a window that ends before it begins"),
    "window outside": _fault("an answer is expected after the session's end"),
    "window too early": _fault("an answer is expected before the request for it has ended"),
    "windows exclude each other": _fault("two answers are expected that cannot both be said in time"),
    "window is quiet": _fault("an answer is expected where the model must be quiet"),
    "answer missing": _fault("an answer is expected that the model's words do not give in time"),
    "word in quiet": _fault("a word of the model's begins where it must be quiet"),
    "own words overlap": _fault("the model says two words at once"),
    # Words.
    "spelled word": _info("a word that is not one token of the vocabulary"),
    "nothing known": _info("a session without its line: seed alone, no voice, text or levels (an older shard)"),
    "unknown licence": _warning("a source whose licence is not known"),
    # Splits.
    "held-out voice": _fault("a voice that is held out for tests, in the training split"),
    "same session": _fault("a session that is there twice"),
    "same seed": _fault("a session of the same split and seed, or of the same id, in both sets"),
    "same speaker": _fault("a speaker in two splits"),
    "same words": _fault("a combination of words, drawn for one split, in another"),
    "same long text": _fault("a text of thirteen words or more (--words) in two splits"),
    "same text": _info("a shorter text, of six words or more, in two splits"),
}
