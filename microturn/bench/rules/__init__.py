"""The published rules of benchmarks as pure functions of plain values, one file each: what `microturn bench cases` checks.

Clean-room: the formulas in our own words and code. A rule that is known to be wrong takes `mode`: "official" has the
fault, "fixed" does not. `scorers` apply these rules to timelines.
"""

from typing import Literal

Mode = Literal["official", "fixed"]
