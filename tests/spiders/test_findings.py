"""Which sources a run found silent, and when our own connection is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from spiders.findings import OFFLINE_HOSTS, note_silences
from tests.spiders.crawling import source_at
from tests.spiders.runs import begin


@pytest.mark.parametrize(
    ("silent", "answering", "found"),
    [
        (1, 0, ["dns"]),
        (OFFLINE_HOSTS - 1, 0, ["dns"] * (OFFLINE_HOSTS - 1)),
        (OFFLINE_HOSTS, 0, ["offline"] * OFFLINE_HOSTS),
        (OFFLINE_HOSTS, 1, ["dns"] * OFFLINE_HOSTS + [None]),
    ],
)
def test_if_no_host_answers_ours_may_be_the_fault(
    tmp_path: Path, silent: int, answering: int, found: list[str | None]
) -> None:
    slugs = [f"s{number}" for number in range(silent + answering)]
    run = begin(tmp_path, *(source_at(f"https://{slug}.example/", slug) for slug in slugs))
    for slug in slugs:
        run.source_crawls[slug].depart(0.0)
        run.source_crawls[slug].home.stay_silent("dns")
    for slug in slugs[silent:]:
        run.source_crawls[slug].home.answer()
        run.source_crawls[slug].home.stay_silent("timeout")
    note_silences(run, is_cut=False)
    rows = run.db.execute("SELECT silence FROM run_sources ORDER BY source").fetchall()
    assert [row[0] for row in rows] == found


@pytest.mark.parametrize(
    ("reason", "blocked", "is_cut", "found"),
    [
        ("connect", 0, False, "connect"),
        ("timeout", 0, False, "timeout"),
        ("tls", 0, False, None),
        ("dns", 1, False, None),
        ("dns", 0, True, None),
    ],
)
def test_a_source_is_silent_only_if_nothing_at_all_was_heard_of_it(
    tmp_path: Path, reason: str, blocked: int, is_cut: bool, found: str | None
) -> None:
    run = begin(tmp_path, source_at("https://xa.example/"))
    source_crawl = run.source_crawls["portal"]
    source_crawl.depart(0.0)
    source_crawl.home.stay_silent(reason)
    run.db.execute("UPDATE run_sources SET blocked = ?", [blocked])
    run.db.conn.commit()
    note_silences(run, is_cut=is_cut)
    assert run.db.execute("SELECT silence FROM run_sources").fetchone()[0] == found
