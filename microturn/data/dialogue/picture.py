"""The floor transfer offsets of made dialogues against the published ones, in words and as a picture.

The picture needs matplotlib (the `plot` extra); it is imported when one is drawn.
"""

from pathlib import Path
from typing import Any, cast

import numpy as np

from microturn.data.dialogue.gaps import BIN_MS, EDGES_MS, Gaps, histogram, jsd
from microturn.data.dialogue.timing import TARGET

SIDES = {"user": "the user's turns", "model": "the model's turns"}
COLOURS = {"target": "#c9ced6", "all": "#22303c", "user": "#2f6f9f", "model": "#c2571a"}


def divergences(gaps: Gaps) -> dict[str, float]:
    """Bits between the offsets and `TARGET`: of all, of each side's turns, and of gaps and of overlaps alone.

    What has no transfer is left out.
    """
    target, split = np.asarray(TARGET), int(np.searchsorted(EDGES_MS, 0.0)) + 1
    found: dict[str, float] = {}
    for name, who in (("all", None), ("user", "user"), ("model", "model")):
        if len(gaps.offsets_ms(who)):
            found[name] = jsd(histogram(gaps.offsets_ms(who)), target)
    shares = histogram(gaps.offsets_ms())
    for name, part in (("gaps", slice(split, None)), ("overlaps", slice(0, split))):
        if shares[part].sum():
            found[name] = jsd(shares[part], target[part])
    return found


def summary(gaps: Gaps) -> str:
    """One line: how many transfers, and how far they are from those of people."""
    bits = ", ".join(f"{name} {value:.3f}" for name, value in divergences(gaps).items())
    return (
        f"{len(gaps.transfers)} transfers of the floor, {gaps.overlap_share:.0%} overlap, "
        f"{gaps.backchannel_share:.0%} of contributions are backchannels; divergence from people in bits: {bits}"
    )


def draw(gaps: Gaps, path: str | Path) -> Path:
    """Write the picture (PNG, SVG or PDF by its suffix). ValueError when matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError("drawing needs matplotlib: pip install 'microturn[plot]'") from error
    figure = cast(Any, Figure(figsize=(9.0, 4.8), layout="constrained"))
    axes = figure.subplots()
    centres_s = np.append(EDGES_MS - BIN_MS / 2, EDGES_MS[-1] + BIN_MS / 2) / 1000
    axes.bar(centres_s, TARGET, BIN_MS / 1000 * 0.94, color=COLOURS["target"], label="people (target)")
    bits = divergences(gaps)
    for name, who in (("all", None), ("user", "user"), ("model", "model")):
        if name in bits:
            label = f"{SIDES.get(name, 'all turns, made')}: {bits[name]:.3f} bits"
            width = 2.2 if name == "all" else 1.2
            axes.plot(
                centres_s, histogram(gaps.offsets_ms(who)), "o-", ms=4, lw=width, color=COLOURS[name], label=label
            )
    axes.axvline(0, color="#888888", lw=0.8, ls=":")
    axes.set_xlabel("start of a turn less the end of the other's, seconds (below 0: overlap; the ends are open)")
    axes.set_ylabel("share of transfers")
    axes.set_title(f"{len(gaps.transfers)} transfers of the floor, {gaps.overlap_share:.0%} overlap", fontsize=10)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    return Path(path)
