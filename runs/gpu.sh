#!/usr/bin/env bash
# nano on a GPU: the cores make sessions while the GPU trains on those that are there. Stop it and run it again to go on.
# Tried with DEVICE=cpu alone so far: no GPU was to be had.
#   MINUTES=30 RATE=0.6 COOLDOWN=0.45 ROWS=64    the training; HOURS=400 of sessions at most, a quarter to a third of each kind
#   MICROTURN_DATA=DIR                           its kokoro/ (recorded speakers) and human/ (timed recordings of people) are heard, too
#   INIT=nano OUT=work/gpu DEVICE=cuda CORES=16 MICROTURN="uv run microturn"
set -euo pipefail
set -m # a process group for each job, so that its workers end with it
cd "$(dirname "$0")/.."
out="${OUT:-work/gpu}" cores="${CORES:-$(nproc)}" microturn="${MICROTURN:-uv run microturn}"
mkdir -p "$out"
export OMP_NUM_THREADS=1
trap 'for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done' EXIT

kinds=()
make_sessions() { # MIXTURE SETTINGS WEIGHT, and workers by weight
  nice -n 10 $microturn data make --out "$out/$1" --hours "${HOURS:-400}" --sessions 32 --mixture "$1" --settings "$2" \
    --workers $(((cores * $3 + 99) / 100)) > "$out/$1.log" 2>&1 &
  kinds+=("$out/$1=$3")
}
make_sessions all world 35
make_sessions errands world 25
make_sessions nano plain 15
[ ! -d "${MICROTURN_DATA:-}/human" ] || make_sessions human world 25
for kind in "${kinds[@]}"; do
  until compgen -G "${kind%=*}/*.npz" > "/dev/null"; do sleep 1; done
done
OMP_NUM_THREADS=4 $microturn train nano --device "${DEVICE:-cuda}" --data "${kinds[@]}" --shards 0 --init "${INIT:-nano}" --rows "${ROWS:-64}" \
  --rate "${RATE:-0.6}" --cooldown "${COOLDOWN:-0.45}" --rehearse 0.34 --compile --threads 4 --minutes "${MINUTES:-30}" --out "$out/run"
