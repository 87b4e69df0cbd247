"""The timing of recorded conversations from labels of who spoke when (RTTM), to make `timing.AMI` again.

`python -m microturn.data.dialogue.statistics FILE_OR_FOLDER ...` prints it; the labels of the AMI meetings are those of
BUTSpeechFIT/AMI-diarization-setup (only_words), 93 hours of speech in 170 meetings. A folder is searched for `*.rttm`;
a meeting that is in several files counts once.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from microturn.data.dialogue.gaps import EDGES_MS, Gaps, Spurt, gaps_of, histogram, joined, jsd
from microturn.data.dialogue.timing import TARGET


def read_rttm(paths: Iterable[Path]) -> dict[str, list[Spurt]]:
    """Segments by recording. ValueError names the file and line that is no RTTM.

    The fields of a line are type, recording, channel, start and duration in seconds, two unused, speaker.
    """
    recordings: dict[str, set[tuple[str, float, float]]] = defaultdict(set)
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            fields = line.split()
            if not fields or fields[0] != "SPEAKER":
                continue
            try:
                start_ms, length_ms = 1000 * float(fields[3]), 1000 * float(fields[4])
                recordings[fields[1]].add((fields[7], start_ms, start_ms + length_ms))
            except (ValueError, IndexError) as error:
                raise ValueError(f"{path}:{number} is no line of RTTM: {line!r}") from error
    return {
        name: [Spurt(at_ms=at, until_ms=until, who=who) for who, at, until in sorted(rows)]
        for name, rows in recordings.items()
    }


def gaps_of_recordings(recordings: dict[str, list[Spurt]]) -> Gaps:
    """Transfers and contained turns of all recordings."""
    each = [gaps_of(joined(segments)) for segments in recordings.values()]
    return Gaps(
        transfers=tuple(t for gaps in each for t in gaps.transfers),
        backchannels=tuple(b for gaps in each for b in gaps.backchannels),
    )


def report(gaps: Gaps) -> str:
    """Percentiles, shares, the histogram, and how far it is from `TARGET`."""
    offsets_s = gaps.offsets_ms() / 1000
    shares = histogram(gaps.offsets_ms())
    low = ["", *(f"{edge / 1000:+.1f}" for edge in EDGES_MS)]
    high = [*(f"{edge / 1000:+.1f}" for edge in EDGES_MS), ""]
    lengths_s = [(b.until_ms - b.at_ms) / 1000 for b in gaps.backchannels] or [float("nan")]
    return "\n".join(
        [
            f"{len(gaps.transfers)} transfers of the floor, {gaps.overlap_share:.1%} overlap",
            "offset in s: " + ", ".join(f"p{p} {np.percentile(offsets_s, p):+.2f}" for p in (10, 25, 50, 75, 90)),
            f"backchannels and contained turns: {gaps.backchannel_share:.1%}, median {np.median(lengths_s):.2f} s",
            *(f"{a:>5} to {b:>5} s  {share:.4f}" for a, b, share in zip(low, high, shares, strict=True)),
            f"divergence from the target: {jsd(shares, TARGET):.3f} bits",
        ]
    )


def main() -> None:
    """Print the report of RTTM files."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    given = parser.parse_args().paths
    paths = [p for path in given for p in (sorted(path.rglob("*.rttm")) if path.is_dir() else [path])]
    print(report(gaps_of_recordings(read_rttm(paths))))


if __name__ == "__main__":
    main()
