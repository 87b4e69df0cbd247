"""The page in real Chromium, on a folder of shards: channels are drawn, time goes on, the list is filtered, shards change."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright
from starlette.testclient import TestClient

from microturn.data.audit.look import application, voice_levels
from microturn.data.keepsakes import entry_of
from microturn.data.shards import write_shard
from microturn.protocol.events import Channel
from microturn.server.app import listen, server
from tests.data.audit.stories import scene, session

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
SCENES = [scene(1, "timer", "interrupted"), scene(2, "jumps"), scene(3, "elsewhere")]
SHARD = "/api/shards/00000"


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first of three in a folder: the second has one session, of one side's sound; the third is torn."""
    path = tmp_path_factory.mktemp("shards") / "00000.npz"
    entries = [entry_of(one, session(one).ticks, sound=index == 0) for index, one in enumerate(SCENES)]
    old = session(SCENES[2]).ticks
    write_shard(path, [*entries, old], {"split": "train", "seeds": [1, 5], "listen": 1})
    alone = replace(SCENES[1], audio={Channel.USER: SCENES[1].audio[Channel.USER]})
    one_sided = entry_of(alone, session(SCENES[1]).ticks, sound=True)
    write_shard(path.with_name("00001.npz"), [one_sided], {"split": "test", "seeds": [1, 2]})
    path.with_name("torn 2.npz").write_bytes(path.read_bytes()[:1000])
    return path


@pytest.fixture(scope="module")
def client(shard: Path) -> TestClient:
    return TestClient(application(shard), base_url="http://localhost")


@pytest.fixture(scope="module")
def page(shard: Path) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with listen("127.0.0.1", 0) as sock, sync_playwright() as playwright:
        running = server(application(shard.parent))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(f"http://localhost:{sock.getsockname()[1]}/")
        tab.wait_for_selector("body[data-state=ready]")
        yield tab
        assert faults == []
        browser.close()
        running.should_exit = True
        thread.join()


def choose(page: Page, index: int) -> list[str]:
    """Open a session; returns the names of its lanes."""
    page.click(f"#sessions button[data-index='{index}']")
    opened(page, f"00000/{index}")
    return page.evaluate("document.body.dataset.lanes").split()


def opened(page: Page, place: str) -> None:
    page.wait_for_function(f"document.body.dataset.state === 'ready' && location.hash === '#{place}'")


def painted(page: Page) -> int:
    """How many different colours the channels have."""
    return page.evaluate("""() => {
      const canvas = document.getElementById("lanes");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const colours = new Set();
      for (let i = 0; i < data.length; i += 4) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      return colours.size;
    }""")


def test_channels_are_drawn_and_play(page: Page) -> None:
    lanes = choose(page, 0)
    assert {"user", "words", "windows", "heard", "say", "model", "notes"} <= set(lanes) and "camera" not in lanes
    assert page.is_hidden("#notice") and painted(page) > 30
    before = page.evaluate("Number(document.body.dataset.now)")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"Number(document.body.dataset.now) > {before + 400}")
    page.get_by_role("button", name="Pause").click()
    page.locator("#lanes").click(position={"x": 600, "y": 200})
    page.wait_for_function("Number(document.body.dataset.now) > 1000")
    page.get_by_role("button", name="Mel", exact=True).click()
    page.wait_for_timeout(100)
    assert painted(page) > 30


def test_without_sound_there_are_spectrograms_and_the_page_says_so(page: Page) -> None:
    assert "camera" in choose(page, 1)
    assert "No sound was kept" in page.inner_text("#notice") and page.is_disabled("#wave")
    assert painted(page) > 30
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(document.body.dataset.now) > 300")
    page.get_by_role("button", name="Pause").click()
    assert {"user", "words", "say"} <= set(choose(page, 3))  # an older session, of which only its ticks are known


def test_the_list_is_filtered(page: Page) -> None:
    assert page.locator("#sessions button").count() == 4
    page.select_option("#act", "jumps")
    assert page.locator("#sessions button").count() == 1 and "Session 1" in page.inner_text("#sessions")
    page.select_option("#act", "")
    page.check("#heard")
    assert "Session 0" in page.inner_text("#sessions") and page.locator("#sessions button").count() == 1
    page.uncheck("#heard")


def test_a_phone_shows_it_all(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    outside = """() => [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.closest("svg, #tip, .scroll"))
      .filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.bottom > innerHeight + 1 })
      .map((e) => e.id || e.className || e.tagName)"""
    assert page.evaluate(outside) == []
    page.get_by_role("button", name="Choose a session").click()
    page.click("#sessions button[data-index='2']")
    opened(page, "00000/2")
    assert page.evaluate("document.body.dataset.drawer") == "" and painted(page) > 15
    page.set_viewport_size({"width": 1280, "height": 800})


def test_any_shard_of_the_folder_is_opened(page: Page) -> None:
    assert page.locator("#shards option").all_inner_texts()[0].startswith("00000 · ")
    page.select_option("#shards", "00001")
    opened(page, "00001/0")
    assert "1 sessions" in page.inner_text("#about") and "test" in page.inner_text("#about")
    assert page.locator("#sessions button").count() == 1 and "jumps" in page.inner_text("#act")
    assert page.is_enabled("#hear-user") and page.is_disabled("#hear-model") and page.is_enabled("#wave")
    page.select_option("#shards", "torn 2")
    page.wait_for_selector("body[data-state=failed]")
    assert "not a readable shard" in page.inner_text("#notice") and page.locator("#sessions button").count() == 0
    page.evaluate("location.hash = '#00000/1'")
    opened(page, "00000/1")
    assert page.locator("#sessions button").count() == 4 and page.input_value("#shards") == "00000"


def test_a_shard_that_comes_later_is_there(shard: Path, client: TestClient, tmp_path: Path) -> None:
    assert [one["name"] for one in client.get("/api/shards").json()] == ["00000"]
    (tmp_path / "00000.npz").write_bytes(shard.read_bytes())
    folder = TestClient(application(tmp_path), base_url="http://localhost")
    assert folder.get("/api/shards").json() == [{"name": "00000", "bytes": shard.stat().st_size}]
    (tmp_path / "00001.npz").write_bytes(shard.read_bytes())
    assert folder.get("/api/shards/00001/sessions/2").json()["index"] == 2
    for path in tmp_path.iterdir():
        path.unlink()
    assert folder.get("/api/shards").status_code == 404


def test_what_the_page_is_told(client: TestClient) -> None:
    told = client.get(SHARD).json()
    assert [one["sound"] for one in told["sessions"]] == [True, False, False, False] and told["split"] == "train"
    assert told["sessions"][1]["voice"] == "beeper" and "voice" not in told["sessions"][3]
    one = client.get(f"{SHARD}/sessions/1").json()
    assert one["duration_ms"] == SCENES[1].duration_ms and len(one["frames"]) == len(SCENES[1].frames)
    assert one["exact"] and not client.get(f"{SHARD}/sessions/3").json()["exact"]
    ticks = session(SCENES[1]).ticks
    assert client.get(f"{SHARD}/sessions/1/levels").content == ticks.dmel_TFM.tobytes()
    voice = np.frombuffer(client.get(f"{SHARD}/sessions/1/voice").content, np.uint8).reshape(-1, 80)
    assert len(voice) == 16 * len(ticks) and voice.any() and voice_levels(ticks).shape == voice.shape
    assert client.get(f"{SHARD}/sessions/1/frames.jpg").content[:2] == b"\xff\xd8"
    wav = client.get(f"{SHARD}/sessions/0/model.wav").content
    assert wav[:4] == b"RIFF" and abs(len(wav) - 44 - 48 * SCENES[0].duration_ms) < 2000


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"{SHARD}/sessions/4", 404),
        (f"{SHARD}/sessions/1/user.wav", 404),
        (f"{SHARD}/sessions/0/heard.wav", 404),
        (f"{SHARD}/sessions/0/frames.jpg", 404),
        ("/api/shards/00001", 404),
        ("/api/shards/..%2F00000", 404),
        ("/nothing.js", 404),
    ],
)
def test_what_is_not_there_is_404(client: TestClient, url: str, status: int) -> None:
    assert client.get(url).status_code == status


def test_other_hosts_are_refused(client: TestClient) -> None:
    assert client.get(SHARD, headers={"host": "elsewhere.example"}).status_code == 400
