"""Speaking at the right time: TimeSpeak and CueSpeak after the protocol of *Interaction Models* (11 May 2026).

Each item is one expected meaning and one window for the onset of its first word; it earns 1 iff both are met. The
reference's judge, windows and data are unpublished; ours are: the meaning is met by the expected words as a run
(`words.normalised`), windows are inclusive (`scenarios.windows`), one utterance earns one item. Strict scoring also
takes an item away when the model says something unasked for: in its window, or since the window before. Judged scoring
asks the run's judge whether what begins in a window, to the end of its utterance, means what is expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microturn.bench.audible import said, utterances
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.task import Scenario, Score
from microturn.bench.words import find, normalised
from microturn.protocol.events import Span, Word
from microturn.protocol.timeline import Timeline


@dataclass(frozen=True)
class Match:
    """Which word began what each expectation asked for (None: missed), and the words that nothing asked for."""

    onsets: tuple[Word | None, ...]
    extras: tuple[Word, ...]


def match(expects: Sequence[Span], words: Sequence[Word]) -> Match:
    """Give each expectation, in order of time, the first unclaimed run of its words that begins in its window."""
    tokens: list[str] = []
    owners: list[int] = []
    for index, word in enumerate(words):
        for token in normalised(word.text):
            tokens.append(token)
            owners.append(index)
    claimed: set[int] = set()
    onsets: list[Word | None] = []
    for expect in expects:
        run = _first_run(expect, tokens, [words[owner] for owner in owners], claimed)
        claimed.update(run)
        onsets.append(words[owners[run[0]]] if run else None)
    extras = {owners[i] for i in range(len(tokens)) if i not in claimed}
    return Match(tuple(onsets), tuple(words[i] for i in sorted(extras)))


def _first_run(expect: Span, tokens: Sequence[str], owners: Sequence[Word], claimed: set[int]) -> range:
    found: list[range] = []
    for text in (expect.text, *expect.data.get("or", ())):
        wanted = normalised(text)
        for start in find(wanted, tokens):
            run = range(start, start + len(wanted))
            if expect.at_ms <= owners[start].at_ms <= expect.until_ms and claimed.isdisjoint(run):
                found.append(run)
    return min(found, key=lambda run: (run.start, -len(run)), default=range(0))


def score_expect(scenario: Scenario, output: Timeline) -> Score:
    """The share of scored windows met in meaning and time; unscored where the scenario has none."""
    return _score(scenario, output, strict=False)


def score_expect_strict(scenario: Scenario, output: Timeline) -> Score:
    """As `score_expect`, but an item with unasked-for speech before or within its window earns nothing."""
    return _score(scenario, output, strict=True)


def score_expect_judged(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """The share of scored windows met in time and, by the judge, in meaning; the expected words need no judge.

    What meets one item meets no other. Unscored where the judge could not tell and nothing else met the item.
    """
    scored = [(i, e) for i, e in enumerate(scenario.timeline.spans("expect")) if e.data.get("scored", True)]
    if not scored:
        return Score(value=None, explanation="the scenario expects nothing")
    words = said(output)
    onsets = match(scenario.timeline.spans("expect"), words).onsets
    used = {onset.at_ms for onset in onsets if onset is not None}
    items: list[dict[str, Any]] = [
        {"text": e.text, "window_ms": [e.at_ms, e.until_ms], "hit": onsets[i] is not None} for i, e in scored
    ]
    for item, (_, expect) in zip(items, scored, strict=True):
        if not item["hit"]:
            item |= _judged(expect, [r for r in _replies(expect, words) if r[0].at_ms not in used], judge)
            used.add(item.get("onset_ms", -1.0))
    if any(item["hit"] is None for item in items):
        why = next(str(item["reason"]) for item in items if item["hit"] is None)
        return Score(value=None, explanation=f"the judge could not tell: {why}", evidence={"items": items})
    hits = sum(bool(item["hit"]) for item in items)
    return Score(value=hits / len(items), explanation=f"{hits} of {len(items)} windows met", evidence={"items": items})


def _replies(expect: Span, words: Sequence[Word]) -> list[list[Word]]:
    """What begins in the window: of each utterance, its words from the first one inside on."""
    late = [[word for word in group if word.at_ms >= expect.at_ms] for group in utterances(words)]
    return [group for group in late if group and group[0].at_ms <= expect.until_ms]


def _judged(expect: Span, replies: Sequence[Sequence[Word]], judge: Judge) -> dict[str, Any]:
    """Whether one of the replies means what is expected; None for a hit where the judge could not tell."""
    pairs = [(reply, text) for reply in replies for text in (expect.text, *expect.data.get("or", ()))]
    texts = [" ".join(word.text for word in reply) for reply, _ in pairs]
    asked = [Question(kind="same", reply=text, expected=wanted) for text, (_, wanted) in zip(texts, pairs, strict=True)]
    verdicts = judge.ask(asked) if asked else []
    for verdict, text, (reply, _) in zip(verdicts, texts, pairs, strict=True):
        if verdict.value:
            return {"hit": True, "onset_ms": reply[0].at_ms, "reply": text, "reason": verdict.reason}
    unsure = next((verdict.reason for verdict in verdicts if verdict.value is None), None)
    reasons = "; ".join(verdict.reason for verdict in verdicts) or "nothing was said in the window"
    return {"hit": False, "reason": reasons} if unsure is None else {"hit": None, "reason": unsure}


def _score(scenario: Scenario, output: Timeline, *, strict: bool) -> Score:
    expects = scenario.timeline.spans("expect")
    scored = [i for i, expect in enumerate(expects) if expect.data.get("scored", True)]
    if not scored:
        return Score(value=None, explanation="the scenario expects nothing")
    words = said(output)
    matched = match(expects, words)
    spoiled = _spoiled([expects[i] for i in scored], matched.extras) if strict else set[int]()
    items = [_evidence(expects[i], matched.onsets[i], spoiled=rank in spoiled) for rank, i in enumerate(scored)]
    hits = sum(item["hit"] for item in items)
    evidence = {"items": items, "extra": [[word.text, word.at_ms] for word in matched.extras]}
    return Score(
        value=hits / len(items),
        explanation=f"{hits} of {len(items)} windows met, {len(matched.extras)} words unasked for; said: "
        + (" ".join(word.text for word in words) or "nothing"),
        evidence=evidence,
    )


def _spoiled(expects: Sequence[Span], extras: Sequence[Word]) -> set[int]:
    """The items that pay for unasked-for words: each word spoils the first window not yet over, or the last one."""
    last = len(expects) - 1
    return {next((i for i, e in enumerate(expects) if word.at_ms <= e.until_ms), last) for word in extras}


def _evidence(expect: Span, onset: Word | None, *, spoiled: bool) -> Mapping[str, Any]:
    return {
        "text": expect.text,
        "window_ms": [expect.at_ms, expect.until_ms],
        "onset_ms": onset.at_ms if onset else None,
        "hit": onset is not None and not spoiled,
    }


def score_reaction(scenario: Scenario, output: Timeline) -> Score:
    """Median seconds from when each met item was due to its onset; unscored where nothing was met."""
    expects = scenario.timeline.spans("expect")
    onsets = match(expects, said(output)).onsets
    lags = sorted(
        (onset.at_ms - expect.data["due_ms"]) / 1000
        for expect, onset in zip(expects, onsets, strict=True)
        if onset is not None and "due_ms" in expect.data and expect.data.get("scored", True)
    )
    if not lags:
        return Score(value=None, explanation="no window met")
    return Score(value=lags[len(lags) // 2], explanation=f"{len(lags)} onsets", evidence={"lags_s": lags})
