"""The mailbox between the interaction model and whoever works for it. Sans-I/O: notes in, delegations out; results in, text out.

The model hands work over with a note ("delegate the weather in the town on monday") and calls it off with another ("cancel
the weather in the town on monday"). A result goes to the model as text, in its manner; one whose delegation was
called off, is over, was given anew or has run out of time is dropped with its reason, and never said.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from microturn.background.cards import QUESTIONS
from microturn.protocol import notes
from microturn.protocol.events import (
    Answer,
    Cancel,
    Card,
    Channel,
    Delegation,
    Do,
    Event,
    Frame,
    Progress,
    Result,
    Text,
    Tick,
    Word,
)
from microturn.protocol.timeline import Timeline

TOO_MUCH = "i can not do more things now"  # told to the model, to be said, when too much is open
MANNERS = (Channel.THINKING, Channel.COMMENTARY, Channel.INSTRUCTIONS)
REQUEST_GAP_MS = 1500.0  # words of the user with less between them are one request
MOST_WORDS = 64  # of a request
USERS = (Channel.HEARD, Channel.USER)  # what the user said and typed
EVENTS_KEPT, FRAMES_KEPT = 4096, 3  # of the conversation that goes with a delegation: the latest
ENDS_KEPT = 256  # how many delegations that are over are remembered, for the reason
WITHDRAWN, REPLACED, LATE, ANSWERED = "withdrawn", "given anew", "out of time", "answered"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much at once, and for how long a result is of use."""

    open: int = 4
    lasts_ms: float = 300_000.0

    def __post_init__(self) -> None:
        if self.open < 1 or self.lasts_ms <= 0:
            raise ValueError(f"open and lasts_ms must be positive: {self}")


Outcome = Delegation | Cancel | Answer | Text


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A result or a progress that did not reach the model, and why."""

    delegation: str
    reason: str


class Mailbox:
    """Of one session. `observe` every event of the engine in order; `deliver` whatever comes back."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._open: dict[str, Delegation] = {}
        self._over: deque[tuple[str, str]] = deque(maxlen=ENDS_KEPT)
        self._questions: dict[str, Card] = {}
        self._given = 0
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._frames: deque[Frame] = deque(maxlen=FRAMES_KEPT)

    @property
    def open(self) -> Mapping[str, Delegation]:
        """The delegations that are being worked on, by id, oldest first."""
        return self._open

    def remember(self, event: Event) -> None:
        """Something that was said, typed, noted or seen, for the conversation that goes with delegations."""
        if isinstance(event, Frame):
            self._frames.append(event)
        elif isinstance(event, Word | Text | Do):
            self._events.append(event)

    def why_over(self, delegation: str) -> str | None:
        """Why a delegation is over; None while it is open, and of one that never was or is long forgotten."""
        return next((reason for id, reason in reversed(self._over) if id == delegation), None)

    def conversation(self, until_ms: float) -> Timeline:
        """The words, texts and notes so far, with the latest frames."""
        return Timeline(duration_ms=until_ms, events=tuple(self._events), frames=tuple(self._frames))

    def observe(self, event: Event) -> list[Outcome]:
        """What an event of the engine means for the work: new delegations, those that are over, an answer to a question,
        a text for the model."""
        self.remember(event)
        match event:
            case Tick():
                return self._expired(event.at_ms)
            case Do():
                return [outcome for order in notes.orders(event.text) for outcome in self._ordered(event.at_ms, order)]
            case _:
                return []

    def deliver(self, event: Result | Progress | Card) -> Text | Dropped:
        """A result, a progress or a card as the text that the model gets, or why it gets none. ValueError for a channel
        that is no manner.

        Progress, what is shown and a result on `thinking` are silent context; a question is to be asked aloud, one at a
        time; after any other result the delegation is over.
        """
        if isinstance(event, Card):
            return self._shown(event)
        channel = event.channel if isinstance(event, Result) else Channel.THINKING
        if channel not in MANNERS:
            raise ValueError(f"a result comes on {', '.join(MANNERS)}; got channel {channel}")
        if event.delegation not in self._open:
            return Dropped(delegation=event.delegation, reason=self._why_over(event.delegation))
        if channel is not Channel.THINKING:
            self._end(event.delegation, ANSWERED)
        return Text(at_ms=event.at_ms, channel=channel, text=event.text)

    def answer(self, answer: Answer) -> Text | None:
        """An answer that came from the page: what the model is told of it; None when nobody asks that (any more)."""
        card = self._questions.pop(answer.card, None)
        if card is None:
            return None
        said = ", ".join(f"{name} {value}" for name, value in answer.values.items())
        if card.kind == "permission" and answer.values:
            said = "allowed" if answer.values.get("allow") is True else "not allowed"
        return Text(at_ms=answer.at_ms, channel=Channel.THINKING, text=f"the user answered {said or 'nothing'}")

    def give_up(self, delegation: str, at_ms: float, reason: str) -> Cancel | None:
        """Who was to do it will not, or the user called it off on the page; None when it is over already."""
        if delegation not in self._open:
            return None
        return self._end(delegation, reason, at_ms)

    def _ordered(self, at_ms: float, order: notes.Order) -> list[Outcome]:
        match order:
            case notes.Order(kind=notes.DELEGATE, task=task) if task:
                return self._delegated(at_ms, task)
            case notes.Order(kind=notes.CANCEL, task=task):
                return self._cancelled(at_ms, task)
            case notes.Order(kind=notes.ALLOW | notes.DENY as kind, task=""):
                return self._granted(at_ms, kind == notes.ALLOW)
            case _:
                return []

    def _delegated(self, at_ms: float, task: str) -> list[Outcome]:
        why = self._request()
        task = why if task == notes.REQUEST and why else task
        same = [id for id, old in self._open.items() if old.task == task]
        ended = [self._end(id, REPLACED, at_ms) for id in same]
        if len(self._open) >= self.limits.open:
            return [*ended, Text(at_ms=at_ms, channel=Channel.COMMENTARY, text=TOO_MUCH)]
        self._given += 1
        new = Delegation(
            at_ms=at_ms,
            id=f"delegation_{self._given}",
            task=task,
            why=why,
            deadline_ms=at_ms + self.limits.lasts_ms,
        )
        self._open[new.id] = new
        return [*ended, new]

    def _shown(self, card: Card) -> Text | Dropped:
        if card.delegation not in self._open:
            return Dropped(delegation=card.delegation, reason=self._why_over(card.delegation))
        if card.kind in QUESTIONS:
            self._questions[card.id] = card
            return Text(at_ms=card.at_ms, channel=Channel.COMMENTARY, text=card.title)
        return Text(at_ms=card.at_ms, channel=Channel.THINKING, text=f"the page shows {card.title}")

    def _granted(self, at_ms: float, allow: bool) -> list[Outcome]:
        """Said aloud: it answers the latest permission that is asked for, if the user has said anything since."""
        asked = [id for id, card in self._questions.items() if card.kind == "permission"]
        if not asked or not self._heard_since(self._questions[asked[-1]].at_ms):
            return []
        del self._questions[asked[-1]]
        return [Answer(at_ms=at_ms, card=asked[-1], values={"allow": allow})]

    def _heard_since(self, at_ms: float) -> bool:
        """Whether the user has spoken or typed after a moment."""
        latest = (
            event.until_ms if isinstance(event, Word) else event.at_ms
            for event in reversed(self._events)
            if isinstance(event, Word | Text) and event.channel in USERS
        )
        return next(latest, -1.0) >= at_ms

    def _request(self) -> str:
        """What the user said last, back to a pause; or typed, if that came after it."""
        words: list[str] = []
        later: Word | None = None
        theirs = (e for e in reversed(self._events) if isinstance(e, Word | Text) and e.channel in USERS)
        for word in islice(theirs, MOST_WORDS):
            if isinstance(word, Text):
                return " ".join(reversed(words)) if words else " ".join(word.text.split()[:MOST_WORDS])
            if later is not None and later.at_ms - word.until_ms > REQUEST_GAP_MS:
                break
            words.append(word.text)
            later = word
        return " ".join(reversed(words))

    def _cancelled(self, at_ms: float, task: str) -> list[Outcome]:
        """The one whose task is most like the note; of equals, the latest, which a note alone or `notes.REQUEST` means as well."""
        if not self._open:
            return []
        wanted = set(task.split()) if task != notes.REQUEST else set[str]()
        ids = list(self._open)
        likest = max(ids, key=lambda id: (len(wanted & set(self._open[id].task.split())), ids.index(id)))
        return [self._end(likest, WITHDRAWN, at_ms)]

    def _expired(self, at_ms: float) -> list[Outcome]:
        late = [id for id, delegation in self._open.items() if delegation.deadline_ms <= at_ms]
        return [self._end(id, LATE, at_ms) for id in late]

    def _end(self, delegation: str, reason: str, at_ms: float = 0.0) -> Cancel:
        del self._open[delegation]
        self._questions = {id: card for id, card in self._questions.items() if card.delegation != delegation}
        self._over.append((delegation, reason))
        return Cancel(at_ms=at_ms, delegation=delegation, reason=reason)

    def _why_over(self, delegation: str) -> str:
        return self.why_over(delegation) or "unknown"
