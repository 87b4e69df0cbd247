"""The best path is the one that was drawn; silences, pronunciations and swallowed phones are found.

Letters: F frames, P phone classes.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from microturn.train.viterbi import SILENCE, Chain, best_path, chain

SIL, A, B, C, D = range(5)


def drawn(phones: list[int], each: int = 4) -> NDArray[np.float32]:
    """Chances in which each phone in turn is the likely one for some frames."""
    chances_FP = np.full((each * len(phones), 5), np.log(0.02), np.float32)
    for index, phone in enumerate(phones):
        chances_FP[index * each : (index + 1) * each, phone] = np.log(0.92)
    return chances_FP


def heard(chances_FP: NDArray[np.float32], made: Chain) -> tuple[list[int], list[int]]:
    """Phones and words of the path, each once."""
    path_F = best_path(chances_FP, made)
    assert path_F is not None
    places = np.asarray(made.place)[path_F]
    firsts = np.flatnonzero(np.diff(places, prepend=-1))
    return [made.phone[i] for i in path_F[firsts]], [made.word[i] for i in path_F[firsts]]


@pytest.mark.parametrize(
    "phones",
    [[SIL, A, B, C, D, SIL], [A, B, C, D], [A, B, SIL, C, D], [SIL, A, B, SIL, C, D], [A, B, C, D, SIL]],
)
def test_silences_are_where_they_are(phones: list[int]) -> None:
    made = chain([[[A, B]], [[C, D]]], SIL)
    path, words = heard(drawn(phones), made)
    assert path == phones
    assert words == [SILENCE if phone == SIL else 0 if phone in (A, B) else 1 for phone in phones]


def test_the_edges_are_exact() -> None:
    made = chain([[[A, B]]], SIL)
    path_F = best_path(drawn([SIL, A, B, SIL], each=7), made)
    assert path_F is not None
    assert np.asarray(made.phone)[path_F].tolist() == [SIL] * 7 + [A] * 7 + [B] * 7 + [SIL] * 7


def test_the_pronunciation_that_is_heard_is_taken() -> None:
    made = chain([[[A, B], [D, C]], [[A]]], SIL)
    assert heard(drawn([SIL, D, C, A, SIL]), made)[0] == [SIL, D, C, A, SIL]
    assert heard(drawn([SIL, A, B, A, SIL]), made)[0] == [SIL, A, B, A, SIL]


@pytest.mark.parametrize("said", [[A, C, D], [B, C, D], [A, B, C]])
def test_one_phone_may_be_swallowed(said: list[int]) -> None:
    made = chain([[[A, B]], [[C, D]]], SIL)
    assert heard(drawn([SIL, *said, SIL], each=8), made)[0] == [SIL, *said, SIL]


def test_a_word_is_never_swallowed_whole() -> None:
    made = chain([[[A]], [[B]], [[C]]], SIL)
    assert heard(drawn([SIL, A, C, SIL], each=8), made)[1] == [SILENCE, 0, 1, 2, SILENCE]


def test_too_short_a_sound_has_no_path() -> None:
    made = chain([[[A, B]]] * 9, SIL)
    assert best_path(drawn([A, B], each=2), made) is None
