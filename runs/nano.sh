#!/usr/bin/env bash
# nano from nothing: the sessions, the vocoder, the model. Two CPU cores, about five hours; stop and run again to go on.
# The released weights came of this in two days' sittings, on what sessions there were by then: docs/log.md says how.
#   KOKORO_VOICES=DIR   the voices of Kokoro (`npm pack kokoro-js`, its package/voices): fourteen more speakers for the users, 30 minutes
#   HUMAN=DIR           recordings of people that `microturn data align` has timed
# With a GPU: runs/gpu.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
# Keep freed memory: touching fresh pages is what makes a step slow (Debian: apt-get install libjemalloc2).
for lib in /usr/lib/*/libjemalloc.so.2; do [ -e "$lib" ] && export LD_PRELOAD="$lib" MALLOC_CONF="dirty_decay_ms:-1,muzzy_decay_ms:-1"; done

if [ -n "${KOKORO_VOICES:-}" ]; then
  uv run --extra kokoro python -m microturn.data.voices.bank --out work/voices/kokoro --voices "$KOKORO_VOICES" --speakers 14
  export MICROTURN_DATA="$PWD/work/voices"
fi
uv run microturn data make --out work/data --shards 52 --workers 2
uv run microturn data make --out work/all --hours 100 --mixture all --settings world --workers 2
uv run microturn data make --out work/errands --hours 50 --mixture errands --settings world --workers 2
data=(work/data=0.15 work/all=0.35 work/errands=0.25)
if [ -n "${HUMAN:-}" ]; then
  mkdir -p work/voices && ln -sfn "$(realpath "$HUMAN")" work/voices/human && export MICROTURN_DATA="$PWD/work/voices"
  uv run microturn data make --out work/human --hours 25 --mixture human --settings world --workers 2
  data+=(work/human=0.25)
fi
[ -e work/vocoder.safetensors ] || uv run python -m microturn.train.vocoder work/vocoder.safetensors 18
uv run microturn train nano --data "${data[@]}" --shards 52 --vocoder work/vocoder.safetensors --minutes "${MINUTES:-150}" --rehearse 0.34 --compile
mkdir -p weights/nano
cp work/nano/model/{config.json,model.safetensors,tokenizer.json} weights/nano/
