#!/usr/bin/env bash
# nano from nothing: the sessions, the vocoder, the model. Two CPU cores, about four hours; stop and run again to go on.
# The released weights came of this in two days' sittings, on what sessions there were by then: docs/log.md says how.
#   KOKORO_VOICES=DIR   the voices of Kokoro (`npm pack kokoro-js`, its package/voices): twelve more speakers for the users, 25 minutes
set -euo pipefail
cd "$(dirname "$0")/.."
# Keep freed memory: touching fresh pages is what makes a step slow (Debian: apt-get install libjemalloc2).
for lib in /usr/lib/*/libjemalloc.so.2; do [ -e "$lib" ] && export LD_PRELOAD="$lib" MALLOC_CONF="dirty_decay_ms:-1,muzzy_decay_ms:-1"; done

if [ -n "${KOKORO_VOICES:-}" ]; then
  uv run --extra kokoro python -m microturn.data.voices.bank --out work/voices/kokoro --voices "$KOKORO_VOICES" --speakers 12
  export MICROTURN_DATA=work/voices
fi
uv run microturn data make --out work/data --shards 120 --workers 2
[ -e work/vocoder.safetensors ] || uv run python -m microturn.train.vocoder work/vocoder.safetensors 18
uv run microturn train nano --vocoder work/vocoder.safetensors --minutes "${MINUTES:-150}" --compile
mkdir -p weights/nano
cp work/nano/model/{config.json,model.safetensors,tokenizer.json} weights/nano/
