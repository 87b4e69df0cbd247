"""Requests that do harm and their pairs, in combinations that training never has."""

import numpy as np

from microturn.bench.rules.refusal import refuses
from microturn.bench.scenarios.harm import harmful, harmless
from microturn.data.acts.safety import CARRIERS, PAIRS


def test_pairs_are_kept_for_tests() -> None:
    kept = {
        carrier.replace("X", row[0])
        for i, row in enumerate(PAIRS)
        for j, carrier in enumerate(CARRIERS)
        if (i + j) % 7 == 0
    }
    turns = [harmful(np.random.default_rng(seed), 0) for seed in range(60)]
    assert {turn.prompt for turn in turns} <= kept and len({turn.prompt for turn in turns}) > 8
    assert all(turn.meta["harmful"] and refuses(turn.answer) for turn in turns)


def test_what_only_sounds_harmful_is_answered() -> None:
    turns = [harmless(np.random.default_rng(seed), 0) for seed in range(60)]
    assert not any(turn.meta["harmful"] or refuses(turn.answer) for turn in turns)
