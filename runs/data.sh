#!/usr/bin/env bash
# Ten audited hours from nothing, on two cores in some minutes; HOURS=100 for more. Stop it and run it again to go on.
#   MICROTURN_DATA=DIR   what of your own there is: kokoro/ (recorded speakers), text/ (dialogues), noise/, human/, video/
set -euo pipefail
cd "$(dirname "$0")/.."
hours="${HOURS:-10}" workers="${WORKERS:-2}" out="${OUT:-work/hours}"

uv run microturn data make --out "$out/train" --hours "$hours" --mixture all --settings world --workers "$workers"
uv run microturn data make --out "$out/test" --hours 0.5 --sessions 16 --split test --mixture all --settings world --workers "$workers"
folders=("$out/train" "$out/test")
if [ -d "${MICROTURN_DATA:-}/text" ]; then
  uv run microturn data dialogues schema_guided persona_chat taskmaster --out "$out/dialogues" --shards 2 --sessions 32 \
    --settings world --workers "$workers" --gaps "$out/gaps.png"
  folders+=("$out/dialogues")
fi
uv run microturn data audit "${folders[@]}" --workers "$workers"
uv run microturn data card "${folders[@]}"
echo "hear and see it: uv run microturn data look $out/train/00000.npz"
