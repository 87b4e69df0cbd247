"""Scenarios with a partner, whatever runs the system: in the engine, over a socket, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from microturn.bench.driver import Driver
from microturn.bench.examiner import examiner_of
from microturn.bench.far import FAR, Far
from microturn.bench.partner import PARTNER, Partner, kept, met
from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline

Play = Callable[[Sequence[Timeline], Sequence[Partner]], Sequence[Timeline]]
"""Conversations with partners, one for each stimulus, of which only the clock, the seed and the duration count."""
MAKERS: Mapping[str, Callable[[Timeline, Mapping[str, Any]], Partner]] = {"examiner": examiner_of}


def partner_of(scenario: Scenario) -> Partner | None:
    """A new partner for a scenario whose meta names one ({"partner": {"kind": "examiner", ...}}); None for any other.

    Where a poor line lies between the two (`impairments`), the partner is at its far end.
    """
    about = scenario.meta.get(PARTNER)
    if about is None:
        return None
    if about.get("kind") not in MAKERS:
        raise ValueError(f"scenario {scenario.id} wants a partner {about.get('kind')!r}; there are {', '.join(MAKERS)}")
    partner = MAKERS[about["kind"]](scenario.timeline, about)
    return Far(partner, about[FAR], scenario.id) if FAR in about else partner


def answered(scenario: Scenario, output: Timeline) -> Timeline:
    """What a system that listens to nobody does, with what the scenario's partner, if it has one, does about it."""
    partner = partner_of(scenario)
    return output if partner is None else met(partner, output)


def refusal(scenario: Scenario, output: Timeline) -> str | None:
    """Why an output cannot be scored where a partner had to react; None where one did, or none had to."""
    if PARTNER not in scenario.meta or output.meta.get(PARTNER) == scenario.meta[PARTNER]["kind"]:
        return None
    return "the user of this scenario reacts to the system, and this driver could only play a recording to it"


@dataclass(frozen=True, kw_only=True)
class Partnered:
    """A driver whose scenarios with a partner are played by `play`, all others by `driver`.

    Without `play` a scenario with a partner is not played at all: its output is empty, which leaves it unscored.
    """

    driver: Driver
    play: Play | None = None

    @property
    def name(self) -> str:
        return self.driver.name

    @property
    def after(self) -> Any:
        """What the driver has under this name (see `driver.LocalDriver`), for runs of long context; else None."""
        return getattr(self.driver, "after", None)

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        partners = {scenario.id: partner for scenario in scenarios if (partner := partner_of(scenario))}
        alone = [scenario for scenario in scenarios if scenario.id not in partners]
        outputs = dict(zip([s.id for s in alone], self.driver.run(alone) if alone else [], strict=True))
        outputs |= self._converse([scenario for scenario in scenarios if scenario.id in partners], partners)
        return [outputs[scenario.id] for scenario in scenarios]

    def _converse(self, scenarios: Sequence[Scenario], partners: Mapping[str, Partner]) -> dict[str, Timeline]:
        if self.play is None:
            return {s.id: replace(s.timeline, events=(), audio={}, frames=(), meta={}) for s in scenarios}
        if not scenarios:
            return {}
        got = self.play([s.stimulus() for s in scenarios], [partners[s.id] for s in scenarios])
        if len(got) != len(scenarios):
            raise ValueError(f"{len(got)} conversations came back for {len(scenarios)} partners; return one each")
        return {s.id: kept(output, partners[s.id]) for s, output in zip(scenarios, got, strict=True)}
