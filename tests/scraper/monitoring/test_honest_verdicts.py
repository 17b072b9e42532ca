"""Fine must be earned: what a source gave, and whether it is its own, over simulated nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.article import Article, Attachment, Kind
from pipelines.extraction.vietnamese.spam import is_spam
from scraper.base.clock import to_utc_iso
from scraper.base.messages import LANGUAGES
from scraper.browse.language import Translator
from scraper.monitoring.health import assess
from scraper.store.articles import insert_article, revise_article
from scraper.store.database import write_transaction
from scraper.store.source_history import read_record
from scraper.store.source_record import Fill, Record, SourceRun, Verdict
from tests.scraper.stores import MOMENT, Portal

LATEST = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
NEWS = Article(
    title="Tin", language="vi", paragraphs=["Sáng nay, Ủy ban nhân dân xã họp bàn việc làng. " * 20]
)
OFFER = Article(
    title="Nhà cái uy tín số 1",
    language="vi",
    paragraphs=[
        "Tải game bài đổi thưởng, nạp tiền nhận bonus tại nhà cái, soi kèo mỗi ngày. " * 20
    ],
)
FOREIGN = Article(title="Best offers", paragraphs=["The best offers of the season for you. " * 30])


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_its_texts(verdict: Verdict, language: str) -> None:
    write = Translator(language)
    assert write(f"verdict_{verdict}")
    assert write(f"meaning_{verdict}")


def night(age: int = 0, **more: object) -> SourceRun:
    plain = SourceRun(LATEST - timedelta(days=age), read=5, blocked=0, failed=0)
    return replace(plain, **more)  # type: ignore[arg-type]


def never(*nights: SourceRun) -> Record:
    return Record("live", nights, 0, 0, has_articles=False)


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (never(night()), Verdict.BROKEN),
        (never(night(refused=9)), Verdict.BROKEN),
        (never(night(deferred=40)), Verdict.NEW),
        (never(night(was_cut=True)), Verdict.NEW),
        (never(night(read=0, error="dns")), Verdict.NEW),
        (never(*(night(age, deferred=40) for age in range(3))), Verdict.BROKEN),
        (never(night(names_articles=True)), Verdict.NEW),
        (Record("live", [night(lists=0), night(1, lists=0)], 8, 4), Verdict.BROKEN),
        (Record("live", [night(lists=0), night(1)], 8, 4), Verdict.FINE),
        (Record("live", [night(missing="feed /rss")], 8, 4), Verdict.BROKEN),
        (Record("live", [night(missing="feed /rss"), night(1, missing="")], 8, 4), Verdict.FINE),
        (Record("live", [night(missing="x"), night(1, missing="x")], 8, 4), Verdict.BROKEN),
        (Record("live", [night()], 0, 0, silent_weeks=40, spoken_weekly=3), Verdict.QUIET),
        (Record("live", [night()], 0, 0, silent_weeks=40, spoken_weekly=0.1), Verdict.FINE),
        (Record("live", [night()], 1, 1, repeated=6, found=1), Verdict.BROKEN),
        (Record("live", [night()], 1, 1, repeated=6, found=3), Verdict.FINE),
        (Record("live", [night()], 1, 1, newest=Fill(6, {}, 900, same_title=1)), Verdict.BROKEN),
        (Record("live", [night()], 1, 1, newest=Fill(3, {}, 900, same_title=1)), Verdict.FINE),
        (Record("live", [night()], 9, 4, notices=9, texts_expected=9), Verdict.BROKEN),
        (Record("live", [night()], 9, 0, notices=9, texts_expected=0.2), Verdict.FINE),
    ],
)
@pytest.mark.fault(79)
def test_fine_must_be_earned(record: Record, verdict: Verdict) -> None:
    assert assess(record).verdict is verdict


def fill(portal: Portal, article: Article, days: range) -> list[int]:
    """Store an article a day, so many days before now."""
    ids = []
    for age in days:
        day = MOMENT - timedelta(days=age)
        text = [f"{article.paragraphs[0]} Số {age}."] if article.paragraphs else []
        one = replace(
            article, title=f"{article.title} {age}", paragraphs=text, published_at=to_utc_iso(day)
        )
        with write_transaction(portal.db):
            ids.append(insert_article(portal.db, "huyen", one, day))
    return ids


def judged(portal: Portal) -> Verdict:
    portal.db.execute("UPDATE runs SET state = 'done'")
    portal.db.execute("UPDATE run_sources SET unchanged = 5, listing = 2")
    return assess(read_record(portal.db, "huyen", MOMENT)).verdict


@pytest.fixture
def portal(tmp_path: object) -> Portal:
    return Portal(tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("article", "verdict"),
    [(NEWS, Verdict.FINE), (OFFER, Verdict.HIJACKED), (FOREIGN, Verdict.HIJACKED)],
)
def test_articles_of_one_night_are_anothers(
    portal: Portal, article: Article, verdict: Verdict
) -> None:
    fill(portal, NEWS, range(40, 1, -1))
    with write_transaction(portal.db):
        for number in range(8):
            one = replace(
                article, title=f"{article.title} {number}", published_at=to_utc_iso(MOMENT)
            )
            one = replace(one, paragraphs=[f"{article.paragraphs[0]} {number}"])
            insert_article(portal.db, "huyen", one, MOMENT)
    assert judged(portal) is verdict


def test_a_report_on_gambling_is_no_offer(portal: Portal) -> None:
    assert not is_spam("Công an xã bắt nhóm đánh bạc", "Nhóm này cá cược qua mạng." + "Tin. " * 90)
    fill(portal, NEWS, range(40, 1, -1))
    fill(portal, OFFER, range(1))
    assert judged(portal) is Verdict.FINE


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (OFFER, Verdict.HIJACKED),
        (FOREIGN, Verdict.HIJACKED),
        (replace(NEWS, paragraphs=[], kind=Kind.NOTICE), Verdict.BROKEN),
        (replace(NEWS, paragraphs=[f"{NEWS.paragraphs[0]} Sửa lỗi."]), Verdict.FINE),
    ],
)
@pytest.mark.fault(80)
def test_known_articles_that_turn_into_others(
    portal: Portal, after: Article, verdict: Verdict
) -> None:
    with write_transaction(portal.db):
        for row in fill_quietly(portal):
            revise_article(portal.db, row, replace(after, title=f"Tin {row}"), MOMENT, None)
    assert judged(portal) is verdict


def fill_quietly(portal: Portal) -> list[int]:
    ids = []
    for age in range(12, 4, -1):
        day = MOMENT - timedelta(days=age)
        text = f"{NEWS.paragraphs[0]} Số {age}."
        one = replace(NEWS, title=f"Tin {age}", paragraphs=[text], published_at=to_utc_iso(day))
        ids.append(insert_article(portal.db, "huyen", one, day))
    return ids


def test_a_quiet_commune_and_a_batch_of_notices_are_well(portal: Portal) -> None:
    """A few articles a year, then a dozen decisions in one night."""
    fill(portal, NEWS, range(700, 30, -90))
    files = [Attachment(url="http://huyen.localhost/a.pdf", name="a")]
    fill(
        portal, replace(NEWS, paragraphs=[], kind=Kind.NOTICE, attachments=files), range(12, 0, -1)
    )
    assert judged(portal) is Verdict.FINE


def test_new_year_is_no_alarm(portal: Portal) -> None:
    """Nine days without news at a portal with three articles a week."""
    fill(portal, NEWS, range(300, 9, -2))
    assert assess(read_record(portal.db, "huyen", MOMENT)).verdict.is_well
    assert judged(portal).is_well
