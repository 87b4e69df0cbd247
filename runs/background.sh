#!/usr/bin/env bash
# A recorded spoken session with work in it, and the same user in Chromium: three minutes, in real time, no network.
# The user asks for a sum, a conversion, a look-up in added documents and a chart, changes their mind once, when asked for leave to
# write something down (`--ask remember`), and interrupts once.
#   MODEL=nano   BACKGROUND=...   VOICE=espeak|hibari   OUT=DIR   PORT=8093   PAGE= (empty: no browser)
set -euo pipefail
cd "$(dirname "$0")/.."
out="${OUT:-work/background}" port="${PORT:-8093}" page="${PAGE-$out/page.png}"
export MICROTURN_HOME="$out/home"

uv run microturn docs add runs/village
uv run microturn serve --port "$port" --model "${MODEL:-nano}" --ask remember ${BACKGROUND:+--background "$BACKGROUND"} &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 240); do
  curl -sf "http://localhost:$port/healthz" > "/dev/null" && break
  kill -0 $server
  sleep 0.5
done
uv run python -m recipes.errands "http://localhost:$port" --out "$out" --voice "${VOICE:-espeak}" ${page:+--page "$page"}
[ -z "${DOCS:-}" ] || cp "$out/timeline.png" docs/background.png
[ -z "${DOCS:-}" ] || [ -z "$page" ] || cp "$page" docs/background-page.png
