"""The card adds up every second by source and licence, and says of which it knows nothing."""

import json

from microturn.data.audit.card import card_of, markdown, table


def about(split: str, first: int, *seconds: float) -> dict:
    items = [
        {
            "seed": first + n,
            "voice": f"espeak/{n}",
            "others": ["hibari/1"],
            "acts": ["hello", "count"],
            "seconds": s,
            "provenance": [
                {"source": "espeak-ng", "licence": "GPL | output", "seconds": s / 4},
                {"source": "made here", "licence": "Apache-2.0", "seconds": 3 * s / 4},
            ],
        }
        for n, s in enumerate(seconds)
    ]
    return {"split": split, "sessions": len(items), "seeds": [first, first + len(items)], "items": items, "listen": 2}


def test_every_second_is_counted() -> None:
    card = card_of([(about("train", 0, 3600, 3600), 7200), (about("train", 2, 7200), 7200), (about("test", 0, 40), 40)])
    assert (card.shards, card.sessions, card.seconds) == (3, 4, 14440)
    assert table(card)[0] == ("made here", "Apache-2.0", "3.01", "75.0%")
    assert table(card)[1] == ("espeak-ng", "GPL | output", "1.00", "25.0%")
    summary = card.summary()
    assert summary["seeds"] == {"train": [(0, 3)], "test": [(0, 1)]}
    assert summary["acts"] == {"hello": 4, "count": 4} and summary["voices"] == {"espeak": 2, "hibari": 1}
    assert summary["splits"] == {"train": 3, "test": 1}
    assert json.loads(json.dumps(summary))["configs"]["train"] == [{"split": "train", "listen": 2}]


def test_a_shard_without_items_has_an_unknown_source() -> None:
    card = card_of([({"split": "train", "sessions": 2, "seeds": [0, 2]}, 100.0), (about("train", 8, 50), 50)])
    assert [row["seconds"] for row in card.rows] == [100.0, 37.5, 12.5]
    assert card.rows[0]["licence"] == "unknown" and card.seeds == {"train": [(0, 2), (8, 9)]}


def test_the_page_has_a_table_that_holds() -> None:
    page = markdown(card_of([(about("train", 0, 3600), 3600)]), "mine")
    assert page.startswith("# mine\n") and "seeds 0 to 0" in page and "hello 1, count 1." in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5} and "| made here | Apache-2.0 | 0.75 | 75.0% |" in rows
