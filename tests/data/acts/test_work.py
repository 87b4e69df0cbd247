"""Delegation: results are said once, in a gap, never over the user; stale ones never; manners are obeyed and lifted."""

from microturn.protocol.events import Channel, Do, Text
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import played

SEEDS = range(20)


def said(scene: Timeline) -> str:
    return " ".join(word.text for word in scene.words(Channel.SAY))


def texts(scene: Timeline, channel: Channel) -> list[Text]:
    return [event for event in scene.events if isinstance(event, Text) and event.channel is channel]


def notes(scene: Timeline) -> list[str]:
    return [event.text for event in scene.events if isinstance(event, Do)]


def test_a_result_is_said_once_and_not_over_the_user() -> None:
    late = soon = next_tick = 0
    for seed in range(40):
        scene = played("delegated", seed)
        (result,) = texts(scene, Channel.COMMENTARY)
        # Between the two are answers to what else the user asked; the result comes once, and last.
        assert said(scene).startswith("one moment ") and said(scene).endswith(f" {result.text}")
        assert [wish.text for wish in scene.spans("expect")].count(result.text) == 1
        assert notes(scene)[0].startswith("delegate ")
        wish = scene.spans("expect")[-1]
        first = next(w for w in scene.words(Channel.SAY) if w.at_ms >= wish.at_ms)
        assert first.at_ms >= result.at_ms and result.at_ms % 200 == 0
        assert not [w for w in scene.words(Channel.HEARD) if w.at_ms < first.at_ms + 200 < w.until_ms]
        speaking = [w for w in scene.words(Channel.HEARD) if w.at_ms < result.at_ms + 200 and w.until_ms > result.at_ms]
        late += bool(speaking)
        speaks = [w for w in scene.words(Channel.SAY) if w.at_ms <= result.at_ms < w.until_ms]
        assert first.at_ms == result.at_ms or first.at_ms - result.at_ms > 200 or speaks
        soon += bool(speaks)
        asked = next(event for event in scene.events if isinstance(event, Do))
        next_tick += result.at_ms == asked.at_ms + 200.0
    assert 0 < late < 40 and soon
    assert next_tick > 2, "a sum comes back in the tick after its note"


def test_a_stale_result_is_never_said() -> None:
    instead = 0
    for seed in SEEDS:
        scene = played("withdrawn", seed)
        stale, *fresh = texts(scene, Channel.COMMENTARY)
        assert any(note.startswith("cancel ") for note in notes(scene))
        assert not fresh or fresh[0].text in said(scene)
        words = said(scene).split()
        assert [word for word in stale.text.split() if word not in words]
        assert all(first.at_ms > stale.at_ms for first in fresh)
        instead += bool(fresh)
    assert 0 < instead < len(SEEDS)


def test_what_was_found_is_kept_until_asked() -> None:
    for seed in SEEDS:
        scene = played("found", seed)
        (result,) = texts(scene, Channel.THINKING)
        assert said(scene).startswith("one moment ") and said(scene).endswith(f" {result.text}")
        first = scene.words(Channel.SAY)[-len(result.text.split())]
        assert first.at_ms >= scene.words(Channel.HEARD)[-1].until_ms - 200


def test_progress_is_told_when_asked_and_is_the_latest() -> None:
    asked = 0
    for seed in SEEDS:
        scene = played("progress", seed)
        reports = texts(scene, Channel.THINKING)
        for wish in scene.spans("expect"):
            if wish.text.startswith("still working"):
                latest = [report for report in reports if report.at_ms <= wish.at_ms][-1]
                assert wish.text == f"still working {latest.text}"
                asked += 1
        assert said(scene).endswith(texts(scene, Channel.COMMENTARY)[0].text)
    assert asked > len(SEEDS) / 2


def test_an_instruction_changes_answers_until_it_is_lifted() -> None:
    manners: set[str] = set()
    for seed in range(40):
        scene = played("instructed", seed)
        manner, lifted = texts(scene, Channel.INSTRUCTIONS)
        manners.add(manner.text)
        assert lifted.text == "answer as before"
        for wish in scene.spans("expect"):
            heard = [w for w in scene.words(Channel.HEARD) if w.until_ms <= wish.data["request_end_ms"]]
            asked = [word.text for word in heard if word.text not in ("um", "uh")][-2:]
            assert wish.text != " ".join(asked) and set(asked) <= set(wish.text.split())
        assert bool(said(scene)) == (manner.text != "do not answer")
    assert len(manners) == 6


def test_leave_is_asked_for_and_the_users_answer_is_noted() -> None:
    given = off = 0
    for seed in range(40):
        scene = played("permitted", seed)
        question, *results = texts(scene, Channel.COMMENTARY)
        if not results:
            cancel = [event for event in scene.events if isinstance(event, Do)][-1]
            assert cancel.text.startswith("cancel ") and cancel.at_ms > question.at_ms
            assert said(scene).endswith("okay")
            off += 1
            continue
        [result] = results
        [grant] = [event for event in scene.events if isinstance(event, Do) and event.text in ("allow", "deny")]
        assert question.text in said(scene) and said(scene).endswith(result.text)
        assert question.at_ms < grant.at_ms < result.at_ms
        given += grant.text == "allow"
    assert 0 < given < 40 - off and off


def test_what_was_taken_back_is_not_in_the_note() -> None:
    slips = 0
    for seed in range(60):
        scene = played("delegated", seed)
        asked = " ".join(word.text for word in scene.words(Channel.HEARD))
        slips += "no wait" in asked
        assert all("no wait" not in note for note in notes(scene))
    assert slips > 2


def test_what_the_page_shows_is_told_when_asked() -> None:
    for seed in SEEDS:
        scene = played("on_the_page", seed)
        (shown,) = texts(scene, Channel.THINKING)
        assert shown.text == f"the page shows {said(scene)}"
