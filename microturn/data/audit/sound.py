"""Whether there is sound where words are, and at a level that a microphone gives.

Everything is read off the dMel levels (80 bins each 50 ms, 12 dB a level), so that it takes no audio; peaks and clipping
off what was measured when the session was made. Thresholds were set on made sessions with noise down to 8 dB below speech.

Letters: F frames of 50 ms, S speaking ticks, M mel bins.
"""

import numpy as np

from microturn.data.audit.findings import Finding
from microturn.data.audit.session import Session
from microturn.features.layout import SILENCE_LEVEL
from microturn.protocol.events import Word

AUDIBLE = 0.12  # levels above the quietest frames, 1.5 dB over all bins: the least that a word has to reach
SHARE = 0.2  # of the words: from here on it is the session
MIN_WORDS = 8
FASTEST_MS, SLOWEST_MS = 12.0, 1500.0  # of a letter; of a word beyond 300 ms a letter
CLIPPED, CRUSHED = 0.001, 0.05
LOUDEST_DBFS, SOFTEST_DBFS = -9.0, -50.0
NO_SOUND_DBFS = -120.0  # what `keepsakes.levels` gives for digital silence
SILENT_MEL = -1.45  # a normalised log-mel at its floor, log(1e-5), is (-11.5 + 7) / 3 = -1.5


def silence(session: Session) -> list[Finding]:
    """No sound in the whole session."""
    if session.ticks.dmel_TFM.max() > SILENCE_LEVEL:
        return []
    words = len(session.heard)
    return [Finding(reason="silent session", detail=f"{words} words")] if words else [Finding(reason="no sound")]


def words_and_sound(session: Session) -> list[Finding]:
    """Words where it is silent, and words that lie beside the sound; under loud noise neither can be told."""
    loud_F, words = session.loudness_F, [word for word in session.heard if not lost(session, word)]
    if not words or not session.timed or session.ticks.dmel_TFM.max() <= SILENCE_LEVEL:
        return []
    floor = float(np.percentile(loud_F, 5))
    silent = [word for word in words if _peak(session, word) - floor < AUDIBLE]
    found = [Finding(reason="silent word", detail=named(word)) for word in silent]
    if len(silent) >= max(2, SHARE * len(words)):
        found.append(Finding(reason="words without sound", detail=f"{len(silent)} of {len(words)}"))
    inside_F = np.zeros(len(loud_F), bool)
    for word in words:
        inside_F[session.frames(word)] = True
    if len(words) >= MIN_WORDS and not inside_F.all() and loud_F[inside_F].mean() < loud_F[~inside_F].mean() - AUDIBLE:
        found.append(Finding(reason="words beside the sound", detail=f"{len(words)} words"))
    return found


def _peak(session: Session, word: Word) -> float:
    """The loudest frame of a word, with the one after it, into which its end may fall."""
    frames = session.frames(word)
    return float(session.loudness_F[frames.start : frames.stop + 1].max())


def speed(session: Session) -> list[Finding]:
    """Words that nobody speaks that fast or slow. Times of labels alone are too coarse for the fast ones."""
    words = [word for word in session.heard if session.timed and not lost(session, word)]
    odd = [word for word in words if _impossible(word, exact=session.exact)]
    found = [Finding(reason="impossible word", detail=named(word)) for word in odd]
    if len(odd) >= max(2, SHARE * len(words)):
        found.append(Finding(reason="impossible words", detail=f"{len(odd)} of {len(words)}"))
    return found


def _impossible(word: Word, *, exact: bool) -> bool:
    took_ms, letters = word.until_ms - word.at_ms, len(word.text)
    return (exact and took_ms < FASTEST_MS * letters) or took_ms > SLOWEST_MS + 300 * letters


def level(session: Session) -> list[Finding]:
    """Clipping and level outliers of both tracks, where they were measured."""
    found: list[Finding] = []
    for side, track in session.item.get("levels", {}).items():
        share, dbfs = float(track.get("clipped", 0.0)), float(track.get("dbfs", NO_SOUND_DBFS))
        reason = "heavy clipping" if share > CRUSHED else "clipping" if share > CLIPPED else ""
        if reason:
            found.append(Finding(reason=reason, detail=f"{side}: {100 * share:.1f}% of the samples"))
        if dbfs > LOUDEST_DBFS or NO_SOUND_DBFS < dbfs < SOFTEST_DBFS:
            found.append(Finding(reason="level", detail=f"{side}: {dbfs:.0f} dB full scale"))
    return found


def own_voice(session: Session) -> list[Finding]:
    """Words of the model's without any sound of its voice."""
    mel_SFM = session.ticks.mel_SFM
    if session.said and (not mel_SFM.size or float(mel_SFM.max()) < SILENT_MEL):
        return [Finding(reason="silent voice", detail=f"{len(session.said)} words")]
    return []


def lost(session: Session, word: Word) -> bool:
    """Whether a part of the word did not arrive."""
    return any(start < word.until_ms and stop > word.at_ms for start, stop in session.holes)


def named(word: Word) -> str:
    """A word and where it is."""
    return f"{word.text!r} at {word.at_ms / 1000:.2f} s for {word.until_ms - word.at_ms:.0f} ms"
