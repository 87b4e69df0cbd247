#!/usr/bin/env bash
# nano from nothing: the sessions, the vocoder, the model. Two CPU cores, about two and a half hours; stop and run again to go on.
# (The released weights came of this in five sittings, with 9, 45 and 59 shards as they were made, 3,470 steps in all.)
set -euo pipefail
cd "$(dirname "$0")/.."
# Keep freed memory: touching fresh pages is what makes a step slow (Debian: apt-get install libjemalloc2).
for lib in /usr/lib/*/libjemalloc.so.2; do [ -e "$lib" ] && export LD_PRELOAD="$lib" MALLOC_CONF="dirty_decay_ms:-1,muzzy_decay_ms:-1"; done

uv run microturn data --out work/data --shards 59 --workers 2
[ -e work/vocoder.safetensors ] || uv run python -m microturn.train.vocoder work/vocoder.safetensors 18
uv run microturn train nano --shards 59 --vocoder work/vocoder.safetensors --minutes "${MINUTES:-90}" --compile
mkdir -p weights/nano
cp work/nano/model/{config.json,model.safetensors,tokenizer.json} weights/nano/
