#!/usr/bin/env bash
# The README's table: every suite on the model in the box with its controls, then tick times.
set -euo pipefail
cd "$(dirname "$0")/.."
uv run microturn bench all --system local --n "${N:-40}" --save work/bench
uv run microturn speed
