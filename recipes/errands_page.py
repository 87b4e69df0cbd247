"""The page in headless Chromium with a recorded user in its fake microphone: what its session was told, and a picture of it.

Needs playwright and a Chromium on the PATH.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from microturn.protocol.media import write_wav
from microturn.protocol.timeline import Track

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream")
FLAGS += ("--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--no-first-run")
FLAGS += ("--disable-background-networking", "--disable-component-update", "--disable-sync")
AFTER_S, PATIENCE_MS = 4.0, 180_000  # a busy machine draws slowly
KEEP = """
window.work = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (/"type":"microturn\\.(do|delegation|card)/.test(data)) window.work.push(JSON.parse(data));
    });
  }
};
"""


def watch(url: str, user: Track, picture: Path) -> dict[str, object]:
    """Let the page at `url` hear `user`; a screenshot goes to `picture` at the end. Takes as long as the track.

    Returns how many messages of each kind about work came, the tasks, the results and the titles of the cards.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise ValueError("there is no chromium on the PATH: install it, or leave --page out")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        sound = Path(folder) / "user.wav"
        write_wav(sound, user.samples, user.rate_hz)
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={sound}%noloop"]
        running = playwright.chromium.launch(executable_path=browser, args=flags)
        page = running.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(KEEP)
        page.goto(url)
        page.get_by_role("button", name="Start talking").click()
        page.wait_for_selector("#link[data-link=open]")
        page.wait_for_timeout(user.duration_ms + AFTER_S * 1000)
        picture.parent.mkdir(parents=True, exist_ok=True)
        events = page.evaluate("window.work")
        page.screenshot(path=picture)
        running.close()
    return _account(events)


def _account(events: list[dict[str, object]]) -> dict[str, object]:
    return {
        "messages": dict(Counter(str(event["type"]) for event in events)),
        "tasks": [event["task"] for event in events if event["type"] == "microturn.delegation"],
        "results": [event["text"] for event in events if event["type"] == "microturn.delegation.result"],
        "cards": [event["title"] for event in events if event["type"] == "microturn.card"],
        "over": [event["reason"] for event in events if event["type"] == "microturn.delegation.over"],
    }
