"""Work that is handed over, and what comes back: said in time, not over the user, never when it is stale. See `scenarios.delegation`.

Words count as in `words.normalised`; a result is said when 80% of its words are among those of utterances that begin in
its window. All scorers are pure functions of the scenario's truth and the output.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from microturn.bench.audible import overlap_ms, said, soundings, utterances
from microturn.bench.scenarios.delegation import (
    ACKNOWLEDGED,
    Handover,
    arrivals,
    handovers,
    results,
    talked_over,
)
from microturn.bench.scorers.expect import match
from microturn.bench.task import Scenario, Score, Scorer
from microturn.bench.words import normalised
from microturn.protocol.events import Channel, Do, Span, Word
from microturn.protocol.notes import CANCEL, DELEGATE, REQUEST, orders
from microturn.protocol.timeline import Timeline

ENOUGH = 0.8  # of the words
MOST_STALE = 0.5  # of the words that only the stale result has
NEWS_MS = 1500.0  # what is said so soon after a report is about it
QUIET_MS = 100.0  # of sound while the user talks; less is no talking


def recall(wanted: str, got: str) -> float:
    """The share of the wanted words that are there, each as often as it is wanted."""
    need, have = Counter(normalised(wanted)), Counter(normalised(got))
    return (need & have).total() / need.total() if need else 0.0


def alike(one: str, other: str) -> float:
    """The share of words in common, of the longer."""
    longer = max(len(normalised(one)), len(normalised(other)))
    return (Counter(normalised(one)) & Counter(normalised(other))).total() / longer if longer else 0.0


def handed_over(*, exact: bool = False) -> Scorer:
    """The share of errands for which a note "delegate ..." with their words was written in time.

    Where the script hands over whatever was said (`beyond.REQUEST`), any task will do: the user's words go with it.
    """

    def same(errand: Handover, task: str) -> bool:
        if errand.task == REQUEST:
            return True
        return normalised(errand.task) == normalised(task) if exact else alike(errand.task, task) >= ENOUGH

    return lambda scenario, output: _noted(scenario, output, DELEGATE, same)


def called_off(scenario: Scenario, output: Timeline) -> Score:
    """1 if a note "cancel ..." was written in time; it is about the errand that is most like it, so its words are free."""
    return _noted(scenario, output, CANCEL, lambda errand, task: True)


def _noted(scenario: Scenario, output: Timeline, kind: str, same: Callable[[Handover, str], bool]) -> Score:
    due = [one for one in handovers(scenario.timeline) if one.kind == kind]
    if not due:
        return Score(value=None, explanation=f"nothing is to be noted with {kind}")
    notes = [note for note in output.events if isinstance(note, Do)]
    made = [(note.at_ms, order.task) for note in notes for order in orders(note.text) if order.kind == kind]
    met = [any(one.from_ms <= at_ms <= one.until_ms and same(one, task) for at_ms, task in made) for one in due]
    why = f"noted {[note.text for note in notes] or 'nothing'}, due {[f'{one.kind} {one.task}' for one in due]}"
    return Score(value=sum(met) / len(met), explanation=why)


def said_from(output: Timeline, from_ms: float, until_ms: float) -> list[Word]:
    """The words of utterances that begin in a window, after an acknowledgement; what is under way when it begins counts
    from there on."""
    told = map(_told, utterances(said(output)))
    late = [[word for word in group if word.at_ms >= from_ms] for group in told]
    return [word for group in late if group and group[0].at_ms <= until_ms for word in group]


def _told(group: Sequence[Word]) -> Sequence[Word]:
    """An utterance without the "one moment" that it begins with: a result may be said in the same breath."""
    for words in map(str.split, ACKNOWLEDGED):
        if normalised(" ".join(word.text for word in group[: len(words)])) == words:
            return group[len(words) :]
    return group


def result_said(scenario: Scenario, output: Timeline) -> Score:
    """The share of results said in their windows."""
    due = results(scenario.timeline)
    if not due:
        return Score(value=None, explanation="no result comes to be said")
    got = [" ".join(word.text for word in said_from(output, one.at_ms, one.until_ms)) for one in due]
    met = [recall(one.text, text) >= ENOUGH for one, text in zip(due, got, strict=True)]
    why = f"said {got} in time, due {[one.text for one in due]}"
    return Score(value=sum(met) / len(met), explanation=why, evidence={"said": got})


def result_words(scenario: Scenario, output: Timeline) -> Score:
    """The mean share of a result's words that were said in its window."""
    due = results(scenario.timeline)
    if not due:
        return Score(value=None, explanation="no result comes to be said")
    got = [" ".join(word.text for word in said_from(output, one.at_ms, one.until_ms)) for one in due]
    shares = [recall(one.text, text) for one, text in zip(due, got, strict=True)]
    return Score(value=sum(shares) / len(shares), explanation=f"{shares} of the words of {[one.text for one in due]}")


def result_wait(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from a result's arrival, or from the user's silence of 0.4 s, to its first word; unscored where it is not said."""
    waits: list[float] = []
    for one in results(scenario.timeline):
        for group in utterances([word for word in said(output) if word.at_ms >= one.at_ms]):
            if recall(one.text, " ".join(word.text for word in group)) >= ENOUGH:
                waits.append((_first_of(group, one) - float(one.data["due_ms"])) / 1000)
                break
    if not waits:
        return Score(value=None, explanation="no result was said")
    return Score(value=sorted(waits)[len(waits) // 2], explanation=f"after {waits} s", values=tuple(waits))


def _first_of(group: Sequence[Word], result: Span) -> float:
    wanted = set(normalised(result.text))
    return next((word.at_ms for word in group if wanted & set(normalised(word.text))), group[0].at_ms)


def not_over_the_user(scenario: Scenario, output: Timeline) -> Score:
    """1 if it does not speak while the user is still talking when a result comes."""
    spans = [talked_over(scenario.timeline, float(one.data["result_ms"])) for one in results(scenario.timeline)]
    busy = [span for span in spans if span is not None]
    if not busy:
        return Score(value=None, explanation="the user is silent when the result comes")
    ms = sum(overlap_ms(soundings(output), span.at_ms, span.until_ms) for span in busy)
    return Score(value=float(ms < QUIET_MS), explanation=f"spoke for {ms:.0f} ms over the user")


def nothing_stale(scenario: Scenario, output: Timeline) -> Score:
    """1 if of a result that comes after its errand was called off nothing is said: less than half of the words that are in
    it alone."""
    due = results(scenario.timeline)
    arrived = arrivals(scenario.timeline, Channel.COMMENTARY)
    stale = [text for text in arrived if text.at_ms not in {float(one.data["result_ms"]) for one in due}]
    if not stale:
        return Score(value=None, explanation="nothing is called off")
    others = {word for span in scenario.timeline.spans("expect") for word in normalised(span.text)}
    own = [word for word in normalised(stale[0].text) if word not in others]
    if not own:
        return Score(value=None, explanation="the stale result has no word of its own")
    text = " ".join(word.text for word in said(output) if word.at_ms >= stale[0].at_ms)
    share = recall(" ".join(own), text)
    return Score(value=float(share < MOST_STALE), explanation=f"said {share:.0%} of {own}: {text or 'nothing'}")


def silent_unasked(scenario: Scenario, output: Timeline) -> Score:
    """The share of reports of progress, and of results for later, after which nothing is said until the user asks."""
    spans = scenario.timeline.spans("expect")
    busy = [(one.at_ms, one.until_ms) for one in spans if one.text in ACKNOWLEDGED]  # it says "one moment" anyhow
    told = [
        text
        for text in arrivals(scenario.timeline, Channel.THINKING)
        if not any(first <= text.at_ms <= last for first, last in busy)
    ]
    if not told:
        return Score(value=None, explanation="nothing comes as context")
    asks = sorted(word.at_ms for word in scenario.timeline.words(Channel.HEARD))
    results_ms = [float(one.data["result_ms"]) for one in results(scenario.timeline)]
    kept: list[bool] = []
    for text in told:
        until_ms = min([text.at_ms + NEWS_MS, *(ms for ms in (*asks, *results_ms) if ms >= text.at_ms)])
        kept.append(not [word for word in said(output) if text.at_ms <= word.at_ms < until_ms])
    return Score(value=sum(kept) / len(kept), explanation=f"silent after {sum(kept)} of {len(kept)} reports")


def asked_for(scenario: Scenario, output: Timeline) -> Score:
    """The share of questions about the work, later on, that are answered in 2 s with what is known of it."""
    due = [
        span for span in scenario.timeline.spans("expect") if span.data.get("scored") and "result_ms" not in span.data
    ]
    if not due or scenario.meta["act"] == "instructed":
        return Score(value=None, explanation="nobody asks")
    got = [" ".join(word.text for word in said_from(output, one.at_ms, one.until_ms)) for one in due]
    met = [recall(one.text, text) >= ENOUGH for one, text in zip(due, got, strict=True)]
    return Score(value=sum(met) / len(met), explanation=f"said {got}, asked for {[one.text for one in due]}")


def obeyed(scenario: Scenario, output: Timeline) -> Score:
    """The share of requests after an instruction that are answered exactly as it says; where it forbids answers, silence."""
    if scenario.meta["act"] != "instructed":
        return Score(value=None, explanation="nothing is instructed")
    due = [span for span in scenario.timeline.spans("expect") if span.data.get("scored")]
    words = said(output)
    if not due:
        ms = sum(overlap_ms(soundings(output), q.at_ms, q.until_ms) for q in scenario.timeline.spans("quiet"))
        return Score(value=float(ms < QUIET_MS), explanation=f"told not to answer, it spoke for {ms:.0f} ms")
    met = [onset is not None for onset in match(due, words).onsets]
    why = f"said {' '.join(word.text for word in words) or 'nothing'}; due {[span.text for span in due]}"
    return Score(value=sum(met) / len(met), explanation=why)
