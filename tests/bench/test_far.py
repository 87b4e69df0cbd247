"""A user who listens at the far end of a poor line: gaps pay the delay both ways, and what is scored is what the user heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from microturn.bench import impairments
from microturn.bench.constant import tone
from microturn.bench.driver import LocalDriver
from microturn.bench.examiner import Examiner
from microturn.bench.far import PACKET_MS
from microturn.bench.impairments import NOT_MET, Impaired, Impairment
from microturn.bench.partner import MODEL_TICK, Partner
from microturn.bench.partnered import Partnered
from microturn.bench.scenarios import fdb_v2, onstage
from microturn.bench.scorers.fdb_v2 import exchanges
from microturn.bench.suites.fdb_v2 import TASK
from microturn.bench.task import FAILED, Scenario, score_all
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track
from tests.bench.worlds import CAST, scenario

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]
LOUD = 0.01


@pytest.fixture(scope="module")
def examined() -> Scenario:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return fdb_v2.mini(1, 0)[0]


@dataclass
class Answering:
    """A system that says one tick of tone as soon as a tick is quiet after one that was not; it keeps what it got."""

    got: list[Samples] = field(default_factory=list[Samples])
    metas: list[object] = field(default_factory=list[object])

    def play(self, stimuli: Sequence[Timeline], partners: Sequence[Partner]) -> list[Timeline]:
        self.metas += [stimulus.meta for stimulus in stimuli]
        return [self._meet(partner) for partner in partners]

    def _meet(self, partner: Partner) -> Timeline:
        voice: list[Samples] = []
        self.got, heard, loud, words = [], np.zeros(0, np.float32), False, list[Word]()
        while (said := partner.next(heard)) is not None:
            self.got.append(said)
            was, loud = loud, bool(np.abs(said).max() > LOUD)
            heard = tone(200) if was and not loud else np.zeros(MODEL_TICK, np.float32)
            if was and not loud:
                at_ms = 200.0 * len(voice)
                words.append(Word(at_ms=at_ms, until_ms=at_ms + 200, channel=Channel.SAY, text="yes"))
            voice.append(heard)
        audio = {
            Channel.USER: Track(samples=np.concatenate(self.got), rate_hz=USER_HZ),
            Channel.MODEL: Track(samples=np.concatenate(voice), rate_hz=MODEL_HZ),
        }
        return Timeline(duration_ms=200.0 * len(voice), events=tuple(words), audio=audio)


def met(one: Scenario, impairment: Impairment, system: Answering | None = None) -> Timeline:
    driver = Partnered(driver=LocalDriver(run_many=lambda stimuli: list(stimuli)), play=(system or Answering()).play)
    return Impaired(driver=driver, impairment=impairment).run([one])[0]


def gaps(output: Timeline) -> list[float]:
    return [one.gap_s for one in exchanges(output) if one.gap_s is not None]


def test_a_gap_pays_the_delay_both_ways_and_the_conversation_lasts_longer(examined: Scenario) -> None:
    plain, late = met(examined, Impairment()), met(examined, Impairment(delay_ms=400))
    assert len(gaps(plain)) == len(gaps(late)) == 4
    assert [b - a for a, b in zip(gaps(plain), gaps(late), strict=True)] == pytest.approx([0.8] * 4)
    assert late.duration_ms >= plain.duration_ms + 4 * 800
    assert len(late.audio[Channel.MODEL].samples) == round(late.duration_ms * MODEL_HZ / 1000)
    lines = late.spans("line")
    track = late.audio[Channel.USER].samples  # the marks lie where the user's voice does, on the user's own clock
    for line in lines[:-1]:
        around = slice(round((line.at_ms + 10) * USER_HZ / 1000), round((line.at_ms + 200) * USER_HZ / 1000))
        before = slice(round((line.at_ms - 190) * USER_HZ / 1000), round((line.at_ms - 10) * USER_HZ / 1000))
        assert np.abs(track[around]).max() > LOUD > np.abs(track[before]).max()


def test_turn_taking_is_worse_over_a_line_that_is_later(examined: Scenario) -> None:
    row = [measure.name for measure in TASK.measures].index("turn-taking")
    values = [
        score_all(TASK, [examined], [met(examined, Impairment(delay_ms=ms))])[row].estimate.value for ms in (0, 500)
    ]
    assert values[0] is not None and values[1] is not None and values[1] < values[0]


def test_what_is_scored_is_what_the_user_heard(examined: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    line, system = Impairment(loss=20, delay_ms=140, noise="white:20"), Answering()
    heard: list[Samples] = []
    once = Examiner.next

    def listening(self: Examiner, heard_S: Samples) -> Samples | None:
        heard.append(heard_S)
        return once(self, heard_S)

    monkeypatch.setattr(Examiner, "next", listening)
    output = met(examined, line, system)
    audible = np.concatenate(heard[1:])
    np.testing.assert_array_equal(output.audio[Channel.MODEL].samples[: len(audible)], audible)
    packets = np.concatenate(system.got).reshape(-1, USER_HZ * PACKET_MS // 1000)
    assert float(np.mean(~packets.any(axis=1))) == pytest.approx(0.2, abs=0.08)


def test_noise_is_in_what_the_examiner_says_and_between(examined: Scenario) -> None:
    quiet, noisy = Answering(), Answering()
    met(examined, Impairment(), quiet)
    met(examined, Impairment(noise="white:10"), noisy)
    level = [float(np.sqrt(np.mean(one.got[0] ** 2))) for one in (quiet, noisy)]
    assert level[1] > 10 * max(level[0], 1e-4)


def test_nobody_listens_late_in_a_session(examined: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impairments, "filler", lambda: np.full(USER_HZ, 0.25, np.float32))
    plain = scenario("plain", duration_ms=1000.0)
    driver = Partnered(driver=LocalDriver(run_many=lambda stimuli: list(stimuli)), play=Answering().play)
    late = Impaired(driver=driver, impairment=Impairment(minutes_before=1))
    outputs = late.run([examined, plain])
    assert outputs[0].meta[FAILED] == NOT_MET and FAILED not in outputs[1].meta
    results = score_all(TASK, [examined], outputs[:1])
    assert {result.unscored for result in results} == {1}
    assert NOT_MET in results[0].scores[examined.id].explanation


def test_an_echo_reaches_the_system_that_is_met(examined: Scenario) -> None:
    system = Answering()
    met(examined, Impairment(echo_db=-20), system)
    assert system.metas == [{"echo_db": -20}]
