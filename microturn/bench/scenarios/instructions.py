"""Requests with an instruction that can be checked by rule, in the form of IFEval's items, and a reply that follows it.

Own prompts, made by seed. Only instructions that make sense when they are spoken.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from microturn.bench.scenarios.spoken import Turn

_ABOUT = {
    "your favourite season": "I like spring because the days grow long and warm",
    "a walk in the forest": "The forest is quiet and smells of rain",
    "breakfast": "Bread with butter and honey is a good start",
    "a small dog": "A small dog ran after the ball",
    "the sea": "The sea is wide and never still",
}


def instruction(rng: np.random.Generator, index: int) -> Turn:
    """A short text about something, with one instruction; the kinds go round."""
    about = list(_ABOUT)[int(rng.integers(len(_ABOUT)))]
    text = _ABOUT[about]
    number = int(rng.integers(4, 7))
    keyword = ("morning", "friend", "window")[int(rng.integers(3))]
    kinds: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
        ("punctuation:no_comma", "Do not use any commas.", {}, f"{text}."),
        ("keywords:existence", f"Use the word {keyword}.", {"keywords": [keyword]}, f"{text} in the {keyword}."),
        (
            "length_constraints:number_words",
            f"Use at least {number} words.",
            {"num_words": number, "relation": "at least"},
            f"{text}.",
        ),
        (
            "startend:end_checker",
            "End with the words that is all.",
            {"end_phrase": "that is all"},
            f"{text} and that is all",
        ),
        ("change_case:english_lowercase", "Use small letters only.", {}, f"{text.lower()}."),
        ("keywords:forbidden_words", "Do not use the word very.", {"forbidden_words": ["very"]}, f"{text}."),
        (
            "length_constraints:number_sentences",
            "Say at least two sentences.",
            {"num_sentences": 2, "relation": "at least"},
            f"{text}. It makes me smile.",
        ),
        ("startend:quotation", "Put the whole reply in double quotes.", {}, f'"{text}."'),
    )
    name, asked, kwargs, answer = kinds[index % len(kinds)]
    meta = {"instruction_id_list": [name], "kwargs": [dict(kwargs)]}
    return Turn(prompt=f"Say something about {about}. {asked}", answer=answer, meta=meta)
