#!/usr/bin/env bash
# The whole mini suite on the model in the box with its controls: a table, a page to see and hear, then tick times.
# Stop it and run it again to go on.   N=40 for more scenarios a suite   OUT=DIR   SYSTEM=ws://... for another system
set -euo pipefail
cd "$(dirname "$0")/.."
out="${OUT:-work/bench}"
uv run microturn bench all --system "${SYSTEM:-local}" ${N:+--n "$N"} --save "$out"
uv run microturn bench report "$out" --out "$out/report.html"
uv run microturn speed
