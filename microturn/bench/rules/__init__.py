"""The published rules of benchmarks as pure functions of plain values, one file each: what `microturn bench cases` checks.

Clean-room: the formulas in our own words and code. A rule that is known to be wrong takes `mode`: "official" has the
fault, "fixed" does not. `scorers` apply these rules to timelines.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

Mode = Literal["official", "fixed"]
Cases = Mapping[str, Mapping[str, Callable[[Any], Any]]]  # see `bench.cases`
