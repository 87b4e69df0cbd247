"""Audio MultiChallenge's two rates."""

import pytest

from microturn.bench.rules.audiomc import passed, rates, share


def test_a_conversation_passes_only_whole() -> None:
    assert rates([[True, False], [True, True], [False], [True]]) == {"APR_percent": 50.0, "ARS_percent": 62.5}
    assert rates([]) == {"APR_percent": None, "ARS_percent": None}


def test_what_the_judge_could_not_tell_is_a_failure_officially_and_unscored_in_the_fixed_mode() -> None:
    unknown = [True, None]
    assert (passed(unknown), share(unknown)) == (0.0, 0.5)
    assert (passed(unknown, mode="fixed"), share(unknown, mode="fixed")) == (None, 1.0)
    assert passed([False, None], mode="fixed") == 0.0
    assert rates([unknown, [False]], mode="fixed") == {"APR_percent": 0.0, "ARS_percent": pytest.approx(50.0)}
    assert passed([]) is None and share([None], mode="fixed") is None
