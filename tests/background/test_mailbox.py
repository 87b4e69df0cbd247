"""The mailbox: what is handed over, what comes back, and what never reaches the model."""

import pytest

from microturn.background.mailbox import TOO_MUCH, Dropped, Limits, Mailbox
from microturn.protocol.events import (
    Answer,
    Cancel,
    Card,
    Channel,
    Clear,
    Delegation,
    Do,
    Progress,
    Result,
    Text,
    Tick,
    Word,
)

WEATHER, PRICE = "the weather in the town on monday", "the price of a lamp at the shop"


def note(text: str, at_ms: float = 1000.0) -> Do:
    return Do(at_ms=at_ms, text=text)


def said(text: str, at_ms: float) -> list[Word]:
    starts = [at_ms + 300 * i for i in range(len(text.split()))]
    return [
        Word(at_ms=start, until_ms=start + 250, channel=Channel.HEARD, text=word)
        for start, word in zip(starts, text.split(), strict=True)
    ]


def result(delegation: str, channel: Channel = Channel.COMMENTARY) -> Result:
    return Result(at_ms=9000.0, delegation=delegation, channel=channel, text="on monday it rains")


def given(mailbox: Mailbox, task: str, at_ms: float = 1000.0) -> Delegation:
    *_, delegation = mailbox.observe(note(f"delegate {task}", at_ms))
    assert isinstance(delegation, Delegation)
    return delegation


def test_a_note_is_a_delegation_with_the_users_words() -> None:
    mailbox = Mailbox()
    for word in [*said("i am at home", 0.0), *said("find out the weather", 4000.0)]:
        assert mailbox.observe(word) == []
    delegation = given(mailbox, WEATHER, 6000.0)
    assert (delegation.task, delegation.why, delegation.at_ms) == (WEATHER, "find out the weather", 6000.0)
    assert delegation.deadline_ms == 6000.0 + Limits().lasts_ms and list(mailbox.open) == [delegation.id]


def test_two_orders_in_a_note_are_two() -> None:
    mailbox = Mailbox()
    old = given(mailbox, "the weather in the town", 100.0)
    over, new = mailbox.observe(note("cancel the weather in the town delegate how many months are in two years", 900.0))
    assert isinstance(over, Cancel) and over.delegation == old.id
    assert isinstance(new, Delegation) and new.task == "how many months are in two years"


def test_the_request_is_what_the_user_said() -> None:
    mailbox = Mailbox()
    assert given(mailbox, "the request", 100.0).task == "the request"  # nothing was heard
    for word in said("does a horse sleep on its feet", 1000.0):
        mailbox.observe(word)
    asked = given(mailbox, "the request", 4000.0)
    assert asked.task == asked.why == "does a horse sleep on its feet"
    (over,) = mailbox.observe(note("cancel the request", 5000.0))
    assert isinstance(over, Cancel) and over.delegation == asked.id


def test_the_request_is_what_the_user_typed_if_that_came_last() -> None:
    mailbox = Mailbox()
    for event in (*said("count to nine", 500.0), Text(at_ms=9000.0, channel=Channel.USER, text="the price of a lamp")):
        mailbox.remember(event)
    assert given(mailbox, "the request", 9200.0).task == "the price of a lamp"
    for event in said("when does it open", 12_000.0):
        mailbox.remember(event)
    assert given(mailbox, "the request", 14_000.0).why == "when does it open"


@pytest.mark.parametrize("text", ["three two one", "delegate", "delegated the weather", "cancel the weather"])
def test_other_notes_hand_nothing_over(text: str) -> None:
    assert Mailbox().observe(note(text)) == []


@pytest.mark.parametrize("channel", [Channel.COMMENTARY, Channel.INSTRUCTIONS])
def test_a_result_is_text_in_its_manner_and_ends_the_work(channel: Channel) -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    assert mailbox.deliver(result(id, channel)) == Text(at_ms=9000.0, channel=channel, text="on monday it rains")
    assert mailbox.deliver(result(id, channel)) == Dropped(delegation=id, reason="answered")


def test_silent_context_and_progress_leave_it_open() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    assert isinstance(mailbox.deliver(result(id, Channel.THINKING)), Text)
    progress = mailbox.deliver(Progress(at_ms=1.0, delegation=id, text="one of two done", done=0.5))
    assert progress == Text(at_ms=1.0, channel=Channel.THINKING, text="one of two done")
    assert id in mailbox.open


def test_what_is_called_off_is_never_said() -> None:
    mailbox = Mailbox()
    weather, price = given(mailbox, WEATHER), given(mailbox, PRICE)
    assert mailbox.observe(note(f"cancel {WEATHER}", 5000.0)) == [
        Cancel(at_ms=5000.0, delegation=weather.id, reason="withdrawn")
    ]
    assert mailbox.deliver(result(weather.id)) == Dropped(delegation=weather.id, reason="withdrawn")
    assert isinstance(mailbox.deliver(result(price.id)), Text)


@pytest.mark.parametrize(("text", "ended"), [("cancel", 1), ("cancel the whether in the town", 0), ("cancel it", 1)])
def test_a_cancel_means_the_likest_or_the_latest(text: str, ended: int) -> None:
    mailbox = Mailbox()
    ids = [given(mailbox, WEATHER).id, given(mailbox, PRICE).id]
    [cancel] = mailbox.observe(note(text))
    assert isinstance(cancel, Cancel) and cancel.delegation == ids[ended]


def test_the_same_task_again_replaces_the_old_one() -> None:
    mailbox = Mailbox()
    old = given(mailbox, WEATHER)
    cancel, new = mailbox.observe(note(f"delegate {WEATHER}", 4000.0))
    assert isinstance(cancel, Cancel) and (cancel.delegation, cancel.reason) == (old.id, "given anew")
    assert isinstance(new, Delegation) and list(mailbox.open) == [new.id] != [old.id]


def test_too_much_at_once_is_told_to_the_model() -> None:
    mailbox = Mailbox(Limits(open=1))
    given(mailbox, WEATHER)
    assert mailbox.observe(note(f"delegate {PRICE}")) == [Text(at_ms=1000.0, channel=Channel.COMMENTARY, text=TOO_MUCH)]
    assert len(mailbox.open) == 1


def test_a_result_after_its_deadline_is_stale() -> None:
    mailbox = Mailbox(Limits(lasts_ms=2000.0))
    id = given(mailbox, WEATHER, 1000.0).id

    def tick(at_ms: float) -> Tick:
        return Tick(at_ms=at_ms, tick=0, compute_ms=1.0, late_ms=0.0, positions=1)

    assert mailbox.observe(tick(2800.0)) == []
    assert mailbox.observe(tick(3000.0)) == [Cancel(at_ms=3000.0, delegation=id, reason="out of time")]
    assert mailbox.deliver(result(id)) == Dropped(delegation=id, reason="out of time")


def test_giving_up_and_strangers() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    assert mailbox.give_up(id, 2000.0, "no network") == Cancel(at_ms=2000.0, delegation=id, reason="no network")
    assert mailbox.give_up(id, 2000.0, "again") is None
    assert mailbox.deliver(result("another")) == Dropped(delegation="another", reason="unknown")
    assert mailbox.observe(Clear(at_ms=0.0)) == []


def test_a_result_has_a_manner() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    with pytest.raises(ValueError, match="thinking, commentary, instructions; got channel say"):
        mailbox.deliver(result(id, Channel.SAY))
    assert id in mailbox.open


def test_limits_have_to_be_positive() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Limits(open=0)


def shown(delegation: str, kind: str, name: str = "a") -> Card:
    return Card(at_ms=9.0, id=f"{delegation}/{name}", delegation=delegation, kind=kind, title=f"the {kind}")


def test_the_model_knows_what_is_shown_and_asks_what_is_asked() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    chart, form = mailbox.deliver(shown(id, "chart")), mailbox.deliver(shown(id, "form"))
    assert chart == Text(at_ms=9.0, channel=Channel.THINKING, text="the page shows the chart")
    assert form == Text(at_ms=9.0, channel=Channel.COMMENTARY, text="the form") and id in mailbox.open
    assert mailbox.deliver(shown("another", "form")) == Dropped(delegation="another", reason="unknown")


@pytest.mark.parametrize(("text", "allow"), [("allow", True), ("deny", False)])
def test_a_permission_is_given_aloud(text: str, allow: bool) -> None:
    mailbox = Mailbox()
    assert mailbox.observe(note(text)) == []
    id = given(mailbox, WEATHER).id
    for name in "ab":
        mailbox.deliver(shown(id, "permission", name))
    assert mailbox.observe(note(text)) == []  # nobody has said anything since it was asked
    for word in said("yes please", 500.0):
        mailbox.observe(word)
    assert mailbox.observe(note(f"{text} it")) == []
    assert mailbox.observe(note(text)) == [Answer(at_ms=1000.0, card=f"{id}/b", values={"allow": allow})]
    assert mailbox.answer(Answer(at_ms=1.0, card=f"{id}/b", values={})) is None  # it has been answered


def test_an_answer_from_the_page_is_told_to_the_model() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    mailbox.deliver(shown(id, "permission"))
    mailbox.deliver(shown(id, "form", "b"))
    told = mailbox.answer(Answer(at_ms=1.0, card=f"{id}/a", values={"allow": True}))
    assert told == Text(at_ms=1.0, channel=Channel.THINKING, text="the user answered allowed")
    told = mailbox.answer(Answer(at_ms=1.0, card=f"{id}/b", values={"colour": "red"}))
    assert told is not None and told.text == "the user answered colour red"


def test_a_question_of_work_that_is_over_is_not_answered() -> None:
    mailbox = Mailbox()
    id = given(mailbox, WEATHER).id
    mailbox.deliver(shown(id, "permission"))
    mailbox.give_up(id, 2.0, "cancelled")
    assert mailbox.observe(note("allow")) == [] and mailbox.answer(Answer(at_ms=1.0, card=f"{id}/a", values={})) is None
