"""What the small language model adds: which of some tools a request is for, by how likely their users would say it.

Each tool is scored by the likelihood of the request after the tool's own summary, over that of the request alone. Of nine
ways to score it was the best on our own 77 errands, the only ones it was tried on (49 right; rules: 77): it is no match for
a rule. Its arguments and its knowledge are not used.
"""

from collections.abc import Sequence
from typing import Protocol

from microturn.background.offline.filling import SURE, Fit, ranked
from microturn.background.tools.tool import Tool

WORDS_WEIGH = 10.0  # nats for the share of a request's words that a tool says of itself


class Chooser(Protocol):
    """What is needed of `language.client.LanguageModel`."""

    async def choose(self, prompt: str, options: Sequence[str]) -> list[float]: ...


async def gains(language: Chooser, request: str, summaries: Sequence[str]) -> list[float]:
    """How much likelier (in nats) a request is from a user of each tool than from anybody."""
    said = [f" {request}"]
    (alone,) = await language.choose("A user says:", said)
    told = [
        await language.choose(f"Tool: {summary.rstrip('.')}.\nA user of this tool says:", said) for summary in summaries
    ]
    return [score - alone for (score,) in told]


async def chosen(language: Chooser | None, request: str, tools: Sequence[Tool]) -> list[Tool]:
    """The tools that a request may be for, the likeliest first; by their words alone where there is no language model."""
    fits: list[Fit] = ranked(request, tools)
    if language is None:
        return [fit.tool for fit in fits if fit.share >= SURE]
    likelier = await gains(language, request, [fit.tool.summary for fit in fits])
    scores = [gain + WORDS_WEIGH * fit.share for gain, fit in zip(likelier, fits, strict=True)]
    order = sorted(range(len(fits)), key=lambda index: -scores[index])
    return [fits[index].tool for index in order if scores[index] > 0]
