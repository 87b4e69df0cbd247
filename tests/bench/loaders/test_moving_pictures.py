"""The official layouts of the benchmarks of moving pictures, in folders made up for the test."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.loaders import (
    charades_sta,
    ovo_bench,
    proactive_video_qa,
    prompted,
    qivd,
    repcount,
    streamingbench,
)
from microturn.bench.scorers.count import score_count
from microturn.bench.scorers.localise import score_overlap
from microturn.bench.scorers.moment import score_choice, score_moment
from microturn.bench.scorers.standing import score_standing
from microturn.bench.task import UNOPENED, Scenario
from microturn.protocol.events import Channel, Text
from tests.bench.loaders.films import film
from tests.bench.worlds import CAST, Said, output

LOADERS = (repcount, charades_sta, proactive_video_qa, ovo_bench, streamingbench, qivd)


@pytest.fixture(autouse=True)
def spoken_by_tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompted, "_speakers", lambda: CAST.users)


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def loaded(load: Callable[[Path], Iterable[Scenario]], folder: Path, *lost: str) -> dict[str, Scenario]:
    """The items that were opened, by id; those named in `lost` are there and were not."""
    every = list(load(folder))
    assert [one.id for one in every if UNOPENED in one.meta] == list(lost)
    found = [one for one in every if UNOPENED not in one.meta]
    for scenario in found:
        stimulus = scenario.stimulus()
        assert stimulus.frames and set(stimulus.audio) == {Channel.USER}
        assert stimulus.audio[Channel.USER].duration_ms == pytest.approx(stimulus.duration_ms, abs=1)
        assert stimulus.frames[-1].at_ms < stimulus.duration_ms
    return {scenario.id: scenario for scenario in found}


def heard(scenario: Scenario, *words: tuple[float, str]) -> Any:
    lines: Said = [(at, at + 300, word) for at, word in words]
    return output(lines, duration_ms=scenario.timeline.duration_ms)


@pytest.mark.parametrize("loader", LOADERS)
def test_a_folder_without_the_data_says_where_they_are(loader: Any, tmp_path: Path) -> None:
    [gap] = loader.check(tmp_path / "none")
    assert "no such folder" in gap.what or "has no" in gap.what
    [gap] = loader.check(tmp_path)
    assert "are at" in gap.what
    with pytest.raises((FileNotFoundError, ValueError), match="are at"):
        list(loader.load(tmp_path))


def test_repcount(tmp_path: Path) -> None:
    head = "type,name,count,L1,L2,L3,L4"
    rows = ["squat,a.mp4,2,0,10,12.0,25.0", "jump_jack,b.mp4,1,0,5,5,9", "others,c.mp4,1,0,9,,"]
    write(tmp_path / "annotation/test.csv", "\n".join([head, *rows]))
    film(tmp_path / "video/test/a.mp4")
    gaps = repcount.check(tmp_path)
    assert ["b.mp4" in gaps[0].what, "c.mp4" in gaps[1].what, len(gaps)] == [True, True, 2]
    [one] = loaded(repcount.load, tmp_path, "b", "c").values()
    begin_ms = one.meta["from_ms"]
    assert one.meta["rep_times_ms"] == [begin_ms + 1000, begin_ms + 2500] and one.timeline.frames[0].at_ms == begin_ms
    assert score_count(one, heard(one, (begin_ms + 1500, "two"))).value == 1
    write(tmp_path / "annotation/test.csv", f"{head}\nsquat,a.mp4,many,1,2,,")
    assert "line 2" in repcount.check(tmp_path)[0].what


def test_charades_sta(tmp_path: Path) -> None:
    write(tmp_path / "charades_sta_test.txt", "AB12 0.5 2.0##person turn a light on.\nZZ99 1.0 2.0##a man sits.\n")
    film(tmp_path / "Charades_v1_480/AB12.mp4")
    gaps = charades_sta.check(tmp_path)
    assert "2 queries about 2 videos where 3720" in gaps[0].what and "ZZ99" in gaps[1].what
    [one] = loaded(charades_sta.load, tmp_path, "0001-ZZ99").values()
    from_ms = one.meta["from_ms"]
    assert one.meta["window_ms"] == [from_ms + 500, from_ms + 2000]
    said = heard(one, (from_ms + 500, "start"), (from_ms + 2000, "stop"))
    assert score_overlap(one, said).value == pytest.approx(1.0)
    assert charades_sta.queries_of(tmp_path / "charades_sta_test.txt")[0].prompt.count("turn a light on") == 1
    row = {"qid": 1, "query": "person sits.", "duration": 3.0, "vid": "AB12", "relevant_windows": [[0.5, 2]]}
    write(tmp_path / "moment/charades_sta_test_tvr_format.jsonl", json.dumps(row) + "\n")
    (tmp_path / "charades_sta_test.txt").unlink()
    assert len(loaded(charades_sta.load, tmp_path)) == 1


def test_proactive_video_qa(tmp_path: Path) -> None:
    answer = {"content": "a cat", "related_timespan": [0.5, 1.0], "reply_timespan": [0.5, 2.0]}
    record = {
        "video": "v.mp4",
        "question_id": "7",
        "duration": 3.0,
        "conversation": [{"role": "user", "content": "What comes in?", "time": 0}, {"content": "Hello.", "time": 1.0}],
        "answer": [answer],
    }
    write(tmp_path / "TV/anno.json", [record])
    film(tmp_path / "TV/videos/v.mp4")
    what = " ".join(gap.what for gap in proactive_video_qa.check(tmp_path))
    assert "WEB, EGO, VAD are missing" in what and "1 questions with 1 turns where 1427 with 3510" in what
    [one] = loaded(proactive_video_qa.load, tmp_path).values()
    from_ms = one.meta["from_ms"]
    assert one.meta["turns"] == [
        {
            "content": "a cat",
            "reply_ms": [from_ms + 500, from_ms + 2000],
            "related_ms": [from_ms + 500, from_ms + 1000],
        }
    ]
    assert max(frame.at_ms for frame in one.timeline.frames) < from_ms + 2000  # not past the last reply
    told = one.timeline.spans("told")[0]
    assert from_ms == told.until_ms + 2000 and one.kind == "TV"
    [typed] = [event for event in one.timeline.events if isinstance(event, Text)]
    assert typed.text == "Hello." and typed.at_ms == from_ms + 1000


def test_ovo_bench(tmp_path: Path) -> None:
    items = [
        {
            "id": 0,
            "task": "OCR",
            "video": "x/a.mp4",
            "realtime": 2.0,
            "question": "Who?",
            "options": ["you", "me"],
            "gt": 1,
        },
        {
            "id": 1,
            "task": "REC",
            "video": "x/a.mp4",
            "activity": "jumping",
            "start_times": [0.5],
            "end_times": [1.0],
            "test_info": [{"realtime": 1.5, "count": 1}],
        },
        {
            "id": 2,
            "task": "SSR",
            "video": "x/a.mp4",
            "all_steps": ["cut", "mix"],
            "start_time": [0.0, 1.0],
            "test_info": [{"realtime": 0.5, "step": "mix", "type": 0}, {"realtime": 2.0, "step": "mix", "type": 1}],
        },
        {
            "id": 3,
            "task": "CRR",
            "video": "x/a.mp4",
            "question": "What then?",
            "ask_time": 1.0,
            "clue_time": 2.0,
            "test_info": [{"realtime": 1.0, "type": 0}, {"realtime": 2.5, "type": 1}],
        },
        {"id": 4, "task": "CRR", "video": "x/b.mp4"},
    ]
    write(tmp_path / "data/ovo_bench_new.json", items)
    film(tmp_path / "data/src_videos/x/a.mp4")
    gaps = ovo_bench.check(tmp_path)
    assert sum(gap.items for gap in gaps) == 1640 - 5 + 1 and "b.mp4" in gaps[-1].what
    found = loaded(ovo_bench.load, tmp_path, "0004-CRR")
    assert list(found) == ["0000-OCR", "0001-REC", "0002-SSR", "0003-CRR"]
    choice, rec, ssr, crr = found.values()
    question = choice.meta["questions"][0]
    assert score_choice(choice, heard(choice, (question["ready_ms"], "b"))).value == 1
    begin_ms = rec.meta["from_ms"]
    assert score_standing(rec, heard(rec, (begin_ms + 1000, "one"))).value == 1
    assert rec.meta["due_ms"] == [begin_ms + 2500]
    begin_ms = ssr.meta["from_ms"]
    assert score_standing(ssr, heard(ssr, (begin_ms, "one"), (begin_ms + 1000, "two"))).value == 1
    ask_ms = crr.meta["from_ms"]
    assert crr.timeline.spans("told")[0].until_ms == pytest.approx(ask_ms)
    assert score_standing(crr, heard(crr, (ask_ms + 1000, "he"))).value == 1


def test_streamingbench(tmp_path: Path) -> None:
    asked = {
        "task_type": "Counting",
        "question": "How many?",
        "time_stamp": "00:00:02",
        "answer": "B",
        "options": ["A. One.", "B. Two."],
    }
    group = {"questions": [asked], "video_path": "./videos/sample_1_real.mp4"}
    awaited = {
        "question": 'When it is white, output "now".',
        "time_stamp": "00:00:01",
        "ground_truth_time_stamp": "00:00:02",
        "ground_truth_output": "now",
    }
    write(tmp_path / "questions_real.json", [group])
    write(tmp_path / "questions_sqa.json", [[group, group]])
    write(tmp_path / "questions_proactive.json", [{**group, "questions": [awaited]}])
    film(tmp_path / "data/real/sample_1_real.mp4")
    gaps = streamingbench.check(tmp_path)
    assert len(gaps) == 4 and sum(gap.items for gap in gaps) == 4500 - 4
    found = loaded(streamingbench.load, tmp_path)
    assert list(found) == ["real-0000", "sqa-0000", "sqa-0001", "proactive-0000"]
    one, later, moment = found["real-0000"], found["sqa-0001"], found["proactive-0000"]
    assert score_choice(one, heard(one, (one.meta["questions"][0]["ready_ms"], "two"))).value == 1
    assert [event.text for event in later.timeline.events if isinstance(event, Text)] == ["How many? B. Two."]
    due_ms = moment.meta["moment_ms"]
    assert (
        due_ms == moment.timeline.frames[0].at_ms + 1000 and score_moment(moment, heard(moment, (due_ms, "now"))).value
    )


def test_qivd(tmp_path: Path) -> None:
    label = {"id": "1", "video": "1.mp4", "question": "What is it?", "answer": "It is a pen.", "short_answer": "pen"}
    label |= {"timestamp": "00:01.5", "category": "object"}
    write(tmp_path / "labels.json", [label, {**label, "id": "2", "video": "2.mp4"}])
    film(tmp_path / "videos/1.mp4", sound=True)
    gaps = qivd.check(tmp_path)
    assert "2 items where 2900" in gaps[0].what and "2.mp4" in gaps[1].what
    [one] = loaded(qivd.load, tmp_path, "2").values()
    question = one.meta["questions"][0]
    assert question["ready_ms"] == 1500 and question["short"] == "pen" and one.kind == "object"
    assert (
        one.timeline.duration_ms == pytest.approx(9000, abs=300)
        and abs(one.timeline.audio[Channel.USER].samples).max() > 0.1
    )
    write(tmp_path / "labels.json", [{"id": "1"}])
    assert "item 1: no video" in qivd.check(tmp_path)[0].what
    write(tmp_path / "labels.json", "[{")
    assert "not JSON" in qivd.check(tmp_path)[0].what
