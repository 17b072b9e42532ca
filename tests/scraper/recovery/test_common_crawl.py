"""The client of Common Crawl, against a double over real WARC files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.recovery.web_archive import (
    CaptureError,
    IndexedCapture,
    RecordPlace,
    ServiceError,
    WebArchive,
)
from tests.scraper.recovery.archived import Archived
from tests.scraper.recovery.doubles import common_crawl
from tests.scraper.recovery.made_up_site import (
    ARTICLE,
    BROTLI,
    GONE,
    GZIPPED,
    REDIRECT,
    REVISIT,
    UNDATED,
    at,
)
from tests.scraper.recovery.opened_archives import HOST_QUERY, batches, configured, found
from tests.scraper.recovery.services import (
    Answer,
    Fault,
    Request,
    Service,
    body_changed,
    cut,
    field_changed,
    refusing,
    repeated,
)
from tests.scraper.stores import new_database

COLLECTIONS = {
    "CC-MAIN-2019-18": [ARTICLE, UNDATED],
    "CC-MAIN-2021-18": [REDIRECT, GZIPPED, BROTLI, GONE],
    "CC-MAIN-2020-18": [ARTICLE, REVISIT],
    "CC-MAIN-2018-18": [],
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with common_crawl(tmp_path / "data", COLLECTIONS) as running:
        yield running


@pytest.fixture
def archive(service: Service, tmp_path: Path) -> Iterator[WebArchive]:
    with configured("common-crawl", service, new_database(tmp_path)) as opened:
        yield opened


def capture_of(archive: WebArchive, made: Archived) -> IndexedCapture:
    return next(each for each in found(archive) if (each.url, each.captured_at) == key(made))


def key(made: Archived) -> tuple[str, datetime]:
    return made.url, made.moment


def test_every_index_is_asked_page_by_page(service: Service, archive: WebArchive) -> None:
    captures = found(archive)
    expected = [key(made) for each in COLLECTIONS.values() for made in each]
    assert sorted((each.url, each.captured_at) for each in captures) == sorted(expected)
    assert [request.param("page") for request in service.asked("2021-18-index")] == ["0", "", "1"]
    assert len(service.asked("2018-18-index")) == 1
    assert len(service.asked("collinfo")) == 1


def test_indexes_of_another_time_are_not_asked(archive: WebArchive) -> None:
    since = datetime(2020, 6, 1, tzinfo=UTC)
    asked = archive.queries(replace(HOST_QUERY, since=since))
    assert [query.collection for query in asked] == ["CC-MAIN-2021-18", "CC-MAIN-2020-18"]
    asked = archive.queries(replace(HOST_QUERY, until=at(2018)))
    assert [query.collection for query in asked] == ["CC-MAIN-2018-18"]


def test_a_query_resumes_at_a_page(archive: WebArchive) -> None:
    query = archive.queries(HOST_QUERY)[1]
    whole = list(archive.captures(query, None))
    assert [len(batch.captures) for batch in whole] == [3, 1, 0]
    assert whole[-1].resume_at is None
    assert list(archive.captures(query, whole[0].resume_at)) == whole[1:]


def test_a_page_that_repeats_ends_the_query(service: Service, archive: WebArchive) -> None:
    answers: list[Answer] = []
    service.faults.append(Fault("2021-18-index", repeated(answers), times=100))

    def endless(request: Request, answer: Answer) -> Answer:
        return Answer(200, [], b'{"pages": 100000}')

    service.faults.insert(0, Fault("showNumPages", endless, times=100))
    query = archive.queries(HOST_QUERY)[1]
    assert sum(len(batch.captures) for batch in archive.captures(query, None)) == 3
    assert len(service.asked("page=")) == 2


@pytest.mark.parametrize("made", [ARTICLE, UNDATED, REDIRECT, GZIPPED, BROTLI, GONE])
def test_a_record_is_the_response(archive: WebArchive, made: Archived) -> None:
    response = archive.response(capture_of(archive, made))
    assert (response.head, response.body) == (made.head, made.body)
    assert (response.status, response.digest_matches) == (int(made.status[:3]), True)
    assert "#bytes=" in response.address


def test_a_revisit_has_no_body(archive: WebArchive) -> None:
    with pytest.raises(CaptureError) as raised:
        archive.response(capture_of(archive, REVISIT))
    assert (raised.value.reason, raised.value.is_final) == ("no_body", True)


def whole_file(request: Request, answer: Answer) -> Answer:
    return replace(answer, status=200)


@pytest.mark.parametrize(
    ("change", "reason", "is_final"),
    [
        (whole_file, "no_range", False),
        (field_changed("Content-Range", "bytes 0-9/10"), "truncated", False),
        (body_changed(lambda body: body[:-1]), "truncated", False),
        (body_changed(lambda body: body[:-9] + b"123456789"), "truncated", False),
        (cut(), "truncated", False),
        (refusing(404), "not_held", True),
        (refusing(416), "not_held", True),
    ],
)
def test_a_range_must_be_exact(service, archive, change, reason, is_final) -> None:  # type: ignore[no-untyped-def]
    capture = capture_of(archive, ARTICLE)
    service.faults.append(Fault(".warc.gz", change, times=9))
    with pytest.raises(CaptureError) as raised:
        archive.response(capture)
    assert (raised.value.reason, raised.value.is_final) == (reason, is_final)


def test_a_record_must_be_that_of_the_line(archive: WebArchive) -> None:
    capture, other = capture_of(archive, ARTICLE), capture_of(archive, UNDATED)
    for wrong, reason in (
        (replace(capture, place=other.place), "other_url"),
        (replace(capture, captured_at=at(2018)), "other_moment"),
        (replace(capture, place=None), "no_record"),
    ):
        with pytest.raises(CaptureError) as raised:
            archive.response(wrong)
        assert raised.value.reason == reason
    lying = archive.response(replace(capture, digest="A" * 32))
    assert (lying.body, lying.digest_matches) == (ARTICLE.body, False)


def test_a_403_is_a_stop(service: Service, archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE)
    service.faults.append(Fault(".warc.gz", refusing(403), times=9))
    with pytest.raises(ServiceError, match="pause until"):
        archive.response(capture)


def test_a_record_that_is_too_large_is_not_fetched(service: Service, archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE)
    assert capture.place is not None
    huge = RecordPlace(capture.place.warc_file, 0, 10**12)
    with pytest.raises(CaptureError) as raised:
        archive.response(replace(capture, place=huge))
    assert raised.value.reason == "too_large"
    assert not service.asked(".warc.gz")


def test_captures_have_a_place(archive: WebArchive) -> None:
    assert all(each.place and each.place.length == each.length for each in found(archive))
    assert batches(archive, replace(HOST_QUERY, url="khong.vn"))[0].captures == []
