"""`tinhuyen watch`, and what `alert` and `status` say of watches and addresses that fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.article import Article
from tests.scraper.nights import House, free_port
from tests.scraper.stores import keep_article, new_database

ENTRY = '[[watch]]\nname = "Nước sạch"\nwords = \'"nước sạch"\'\n'


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path, "http://127.0.0.1:1/")
    db = new_database(tmp_path)
    keep_article(db, Article(title="Đưa nước sạch về bản", url="http://huyen.localhost/1"))
    keep_article(db, Article(title="Tin khác", url="http://huyen.localhost/2"))
    db.close()
    write(house, ENTRY)
    return house


def write(house: House, text: str) -> None:
    (house.sources.parent / "tinhuyen.toml").write_text(text)


def test_watches_are_listed_with_what_they_found(house: House) -> None:
    assert house.tinhuyen("alert").returncode == 0
    listed = json.loads(house.tinhuyen("watch", "list", "--json").stdout)
    assert [(row["name"], row["words"], row["hits"]) for row in listed] == [
        ("Nước sạch", '"nước sạch"', 1)
    ]
    assert "Nước sạch" in house.tinhuyen("watch", "list").stdout
    write(house, "")
    assert "[[watch]]" in house.tinhuyen("watch", "list").stdout


def test_words_can_be_tried_before_they_are_saved(house: House) -> None:
    saved = house.tinhuyen("watch", "test", "Nước sạch", "--days", "36500", "--json")
    assert [row["title"] for row in json.loads(saved.stdout)["articles"]] == [
        "Đưa nước sạch về bản"
    ]
    tried = house.tinhuyen("watch", "test", "--words", "tin", "--days", "36500")
    assert "Tin khác" in tried.stdout
    assert "1 in the past 36500 days" in tried.stdout
    assert house.rows("SELECT * FROM watches") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Nuoc sach",), "did you mean Nước sạch?"),
        (("Nước sạch", "--words", "x"), "name a watch"),
        (("--words", "…"), "--words: has no word"),
        (("--source", "huyem"), "no source `huyem`"),
    ],
)
def test_a_wrong_try_says_what_to_do(house: House, arguments: tuple[str, ...], told: str) -> None:
    run = house.tinhuyen("watch", "test", *arguments)
    assert run.returncode == 2
    assert told in run.stderr


def test_without_a_name_all_watches_are_tried(house: House) -> None:
    [only] = json.loads(house.tinhuyen("watch", "test", "--json", "--days", "36500").stdout)[
        "articles"
    ]
    assert only["title"] == "Đưa nước sạch về bản"
    write(house, f'{ENTRY}[[watch]]\nname = "Khác"\nwords = "tin khác"\n')
    both = json.loads(house.tinhuyen("watch", "test", "--json", "--days", "36500").stdout)
    assert [(one["name"], one["count"]) for one in both] == [("Nước sạch", 1), ("Khác", 1)]
    write(house, "")
    none = house.tinhuyen("watch", "test")
    assert none.returncode == 2
    assert "has no [[watch]] to try" in none.stderr


def test_an_unknown_source_is_said_after_the_rest_was_reported(house: House) -> None:
    write(house, f'{ENTRY}[[watch]]\nname = "Đất"\nsources = "portl"\n')
    run = house.tinhuyen("alert")
    assert run.returncode == 2
    assert "[[watch]] 'Đất': `sources`: no source `portl`: did you mean portal?" in run.stderr
    assert "Đưa nước sạch về bản" in run.stdout
    daemon = house.tinhuyen("daemon")
    assert daemon.returncode == 2
    assert "`portl`" in daemon.stderr


def test_a_dry_run_prints_the_alert_and_keeps_nothing(house: House) -> None:
    write(house, f"digest = true\n{ENTRY}")
    for _ in range(2):
        run = house.tinhuyen("alert", "--dry-run")
        assert run.returncode == 0
        assert "Đưa nước sạch về bản" in run.stdout
    assert house.rows("SELECT * FROM watch_hits") == []
    assert not (house.folder / "tinhuyen.heartbeat").exists()


def test_status_counts_alerts_that_were_not_sent_and_says_why(house: House) -> None:
    address = f"json://nga:geheim@127.0.0.1:{free_port()}/geheim-hook"
    run = house.tinhuyen("alert", TINHUYEN_ALERTS=address)
    assert run.returncode == 1
    assert "number 1 (json://127.0.0.1:" in run.stderr
    assert "Connection refused" in run.stderr
    status = house.tinhuyen("status", TINHUYEN_ALERTS=address)
    assert "alerts not sent: 1 to `alerts`: number 1 (json://127.0.0.1:" in status.stdout
    assert "Connection refused" in status.stdout
    [waiting] = json.loads(house.tinhuyen("status", "--json", TINHUYEN_ALERTS=address).stdout)[
        "alerts_waiting"
    ]
    assert waiting["count"] == 1
    assert "geheim" not in run.stderr + run.stdout + status.stdout + f"{waiting}"
