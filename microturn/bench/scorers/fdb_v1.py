"""Full-Duplex-Bench v1 on timelines: the rules of `rules.fdb_v1` and `rules.fdb_v1_backchannel`.

Words are those that can be heard. Where the official scripts ask Silero's voice detector, ours takes the stretches that
`audible` finds by energy: gaps under 0.2 s closed (Silero: 0.1 s), clicks under 0.04 s dropped (Silero: 0.25 s).
"""

from microturn.bench.audible import said, soundings
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules import Mode
from microturn.bench.rules.fdb_v1 import Taken, interruption, takeover, turn
from microturn.bench.rules.fdb_v1_backchannel import Heard, jsd, listen, random_jsd, uniform_jsd
from microturn.bench.rules.fdb_v15_timing import MODEL_GAP_S, merged
from microturn.bench.scorers.kinds import elsewhere, of_kind
from microturn.bench.scorers.takeover import chunks_of
from microturn.bench.task import Scenario, Score, Scorer
from microturn.protocol.timeline import Timeline

RATED = (0, 5)  # the ends of the official scale


@of_kind("pause")
def score_pause(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model takes the turn of a user who only pauses: the whole recording is the user's turn."""
    chunks = chunks_of([word for word in said(output) if word.at_ms < scenario.timeline.duration_ms])
    return Score(value=float(takeover(chunks)), explanation=f"{len(chunks)} words", evidence={"chunks": chunks})


def score_taken(kind: str, *, mode: Mode = "official") -> Scorer:
    """1 if the model takes the turn that is offered (kind turn), or replies to an interruption (kind interruption)."""

    @of_kind(kind)
    def score(scenario: Scenario, output: Timeline) -> Score:
        taken = _taken(scenario, output, mode)
        value = None if taken.value is None else float(taken.value)
        return Score(value=value, explanation="a takeover" if value else "no takeover", evidence=_chunks(output))

    return score


def score_latency(kind: str, *, mode: Mode = "official") -> Scorer:
    """Seconds from the end of the turn or interruption to the first word, over takeovers."""

    @of_kind(kind)
    def score(scenario: Scenario, output: Timeline) -> Score:
        latency_s = _taken(scenario, output, mode).latency_s
        why = "no takeover" if latency_s is None else f"first word {latency_s:.2f} s after the user"
        return Score(value=latency_s, explanation=why, evidence=_chunks(output))

    return score


@of_kind("interruption")
def score_speaking(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model was speaking when the user interrupted: who was not has nothing to stop, and replies to a question.

    A third of the official interruptions come after the answer has ended (InteractionGym).
    """
    at_s = scenario.meta["interrupt_ms"][0] / 1000
    speech = merged([(sound.at_ms / 1000, sound.until_ms / 1000) for sound in soundings(output)], MODEL_GAP_S)
    under_way = any(start < at_s < end for start, end in speech)
    return Score(value=float(under_way), explanation="speaking" if under_way else "not speaking")


def judge_reply(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """How good the reply to an interruption is, 0 to 5, over takeovers."""
    if scenario.kind != "interruption":
        return elsewhere(("interruption",))
    if not _taken(scenario, output, "official").value:
        return Score(value=None, explanation="no takeover, and so no reply to rate")
    _, until_ms = scenario.meta["interrupt_ms"]
    question = Question(
        kind="rating",
        reply=" ".join(word.text for word in said(output) if word.at_ms >= until_ms),
        question=scenario.meta["interrupt"],
        context=scenario.meta["context"],
        scale=RATED,
    )
    [verdict] = judge.ask([question])
    value = float(verdict.value) if isinstance(verdict.value, int | float) else None
    return Score(value=value, explanation=verdict.reason, evidence={"reply": question.reply})


def score_listener_takeover(*, mode: Mode = "official") -> Scorer:
    """1 if the model takes the turn of a user who tells something long."""

    @of_kind("backchannel")
    def score(scenario: Scenario, output: Timeline) -> Score:
        heard = _heard(output, mode)
        return Score(value=float(heard.taken), explanation=f"{len(heard.events)} events", evidence=_events(heard))

    return score


@of_kind("backchannel")
def score_frequency(scenario: Scenario, output: Timeline) -> Score:
    """Backchannels a second; weighted alike however long the recording is, as the official mean is."""
    heard = _heard(output, "official")
    per_s = len(heard.events) / (output.duration_ms / 1000)
    return Score(value=per_s, explanation=f"{len(heard.events)} events", evidence=_events(heard))


@of_kind("backchannel")
def score_jsd(scenario: Scenario, output: Timeline) -> Score:
    """How far the places of the backchannels are from where raters would have given some; 1 where there are none."""
    return _jsd(scenario, output, beside=False)


@of_kind("backchannel")
def score_jsd_gain(scenario: Scenario, output: Timeline) -> Score:
    """How much nearer to the raters the backchannels are than as many of the same length at random places."""
    return _jsd(scenario, output, beside=True)


def _jsd(scenario: Scenario, output: Timeline, *, beside: bool) -> Score:
    heard = _heard(output, "official")
    raters, duration_s = scenario.meta.get("raters"), output.duration_ms / 1000
    if not raters or not sum(raters):
        return Score(value=None, explanation="nobody has rated where a backchannel belongs")
    own = jsd(heard.events, duration_s, raters)
    chance = random_jsd(heard.events, duration_s, raters)
    if beside and not heard.events:
        return Score(value=None, explanation="no backchannel, so there is nothing to compare")
    evidence = {**_events(heard), "jsd": own, "random": chance, "uniform": uniform_jsd(duration_s, raters)}
    why = f"{own:.3f}, random places {chance:.3f}, a uniform histogram {evidence['uniform']:.3f}"
    return Score(value=chance - own if beside else own, explanation=why, evidence=evidence)


def _taken(scenario: Scenario, output: Timeline, mode: Mode) -> Taken:
    chunks = chunks_of(said(output))
    if scenario.kind == "turn":
        return turn(chunks, scenario.meta["turn_end_ms"] / 1000, mode=mode)
    at_ms, until_ms = scenario.meta["interrupt_ms"]
    return interruption(chunks, at_ms / 1000, until_ms / 1000, mode=mode)


def _heard(output: Timeline, mode: Mode) -> Heard:
    stretches = [(sound.at_ms / 1000, sound.until_ms / 1000) for sound in soundings(output)]
    words = [(word.at_ms / 1000, word.until_ms / 1000) for word in said(output)]
    return listen(stretches, words, mode=mode)


def _chunks(output: Timeline) -> dict[str, object]:
    return {"chunks": chunks_of(said(output))}


def _events(heard: Heard) -> dict[str, object]:
    return {"events": [list(event) for event in heard.events], "taken": heard.taken}
