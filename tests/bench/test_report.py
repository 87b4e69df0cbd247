"""The page: one file, every number again, worst items first, and nothing in the data can break out of it. Once in Chromium."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from microturn.bench import suites
from microturn.bench.archive import save_output, save_run, save_scenario
from microturn.bench.driver import failed
from microturn.bench.report import page as page_of
from microturn.bench.report import write_report
from microturn.bench.scorers.expect import score_expect, score_reaction
from microturn.bench.task import Measure, Published, Scenario, Task
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import expect, output, scenario

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
WINDOW = [expect("yes", 4000, 6000, due_ms=4000)]
SCENARIOS = [
    scenario(f"0{i}", WINDOW, kind="ab"[i % 2], script=[(5000.0, 5300.0, "yes")], meta={"end_ms": 3900.0})
    for i in range(4)
]
OUTPUTS = [
    output([(4500.0, 4800.0, "yes")]),
    output([(4500.0, 4800.0, "</script><b>no")]),
    output([(4700.0, 4900.0, "yes")]),
    failed(SCENARIOS[3].timeline, "it hung up"),
]
TOY = Task(
    name="toy",
    summary="says yes",
    scenarios=lambda n, base: SCENARIOS[:n],
    measures=(
        Measure(name="accuracy", scorer=score_expect),
        Measure(name="reaction", scorer=score_reaction, unit="s", how="median", better="low"),
    ),
    published=(Published(measure="accuracy", system="Somebody", value=64.7, source="a paper"),),
)


def save(folder: Path, outputs: list[Timeline], **about: Any) -> Path:
    run = {
        "driver": "local",
        "system": "local",
        "suites": ["toy"],
        "items": {"toy": [s.id for s in SCENARIOS]},
        **about,
    }
    save_run(folder, run)
    for one, got in zip(SCENARIOS, outputs, strict=True):
        put(folder / "toy", one, got)
    return folder


def put(folder: Path, one: Scenario, got: Timeline) -> None:
    save_scenario(folder, one)
    save_output(folder, one.id, got, run=0)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suites, "tasks", lambda: {"toy": TOY})
        runs = [
            save(folder / "clean", OUTPUTS, impairment={}),
            save(folder / "poor", [output()] * 4, impairment={"loss": 5.0}),
        ]
        done: list[str] = []
        told = write_report(runs, folder / "report.html", items=3, tell=done.append)
    assert done == ["toy", "toy"]
    assert (told.items, told.left_out) == (6, 2)
    assert told.octets == (folder / "report.html").stat().st_size
    yield folder / "report.html"


def data_of(path: Path) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', path.read_text(), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_is_one_file_with_every_number(written: Path) -> None:
    html, data = written.read_text(), data_of(written)
    assert not re.search(r'(src|href)="(?!data:|#)', html) and "@import" not in html and "url(" not in html
    row = data["suites"][0]["runs"][0]["columns"]["local"]["accuracy"]
    assert row["value"] == pytest.approx(200 / 3) and (row["n"], row["unscored"]) == (3, 1)
    assert [run["name"] for run in data["runs"]] == ["no impairment", "loss 5%"]
    assert data["conditions"] == [{"field": "loss", "runs": [0, 1], "at": [0.0, 5.0]}]


def test_the_worst_items_come_first(written: Path) -> None:
    first = [item for item in data_of(written)["items"] if item["run"] == 0]
    assert [item["id"] for item in first] == ["03", "01", "00"] and first[0]["failed"] == "it hung up"


def test_every_item_may_be_shown_and_says_which_of_its_runs_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "tasks", lambda: {"toy": TOY})
    run = save(tmp_path / "twice", OUTPUTS, impairment={}, runs=2)
    for one in SCENARIOS:
        save_output(run / "toy", one.id, OUTPUTS[2], run=1)
    told = write_report([run], tmp_path / "report.html", items=None)
    assert (told.items, told.left_out) == (4, 0)
    items = {item["id"]: item for item in data_of(tmp_path / "report.html")["items"]}
    assert all((item["heard"], item["of"]) == (1, 2) for item in items.values())
    assert items["01"]["words"]["say"][0][2] == "</script><b>no" and items["01"]["scores"][0]["value"] == 50


def test_text_of_the_data_cannot_end_its_element() -> None:
    assert "</script><b>" not in page_of({"runs": "</script><b>\u2028"})


def test_nothing_to_report_is_told(tmp_path: Path) -> None:
    save_run(tmp_path, {"driver": "local", "suites": []})
    with pytest.raises(ValueError, match="nothing to report"):
        write_report([tmp_path], tmp_path / "report.html")


@pytest.fixture(scope="module")
def page(written: Path) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
        opened.goto(written.as_uri())
        opened.wait_for_selector("body[data-state=ready]")
        yield opened
        assert faults == []
        browser.close()


def test_the_page_in_chromium(page: Page) -> None:
    assert "66.7%" in page.inner_text("#suite-toy") and "n 3, 1 unscored" in page.inner_text("#suite-toy")
    assert page.locator("#curves figure").count() >= 1
    assert "1 of 4 items failed and are unscored: it hung up" in page.inner_text("#suite-toy")
    page.get_by_text("see and hear").click()
    assert page.locator("#list button").count() == 6
    page.get_by_label("Verdict").select_option("failed")
    assert page.locator("#list button").count() == 1 and "it hung up" in page.inner_text("#item")
    page.get_by_label("Verdict").select_option("right")
    assert page.locator("#list button").count() == 1
    page.get_by_label("Verdict").select_option("")
    page.locator("#item").focus()
    page.keyboard.press("j")
    assert "wrong" in page.inner_text("#item .told") and page.locator("#list [aria-current=true]").count() == 1
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.player output').textContent.startsWith('0:01')")
    shown = page.evaluate(
        "(() => { const c = document.querySelector('canvas'); return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size })()"
    )
    assert shown > 50
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
