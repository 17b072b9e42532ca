"""The client of pywb, against the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.archive.decoding import decode
from scraper.recovery.web_archive import (
    CaptureError,
    IndexedCapture,
    IndexQuery,
    Match,
    ServiceError,
    WebArchive,
)
from tests.scraper.recovery.made_up_site import (
    ARTICLE,
    BROTLI,
    BUSY,
    CAPTURES,
    GZIPPED,
    PAGE,
    REVISIT,
    SITE,
    UNDATED,
    at,
)
from tests.scraper.recovery.opened_archives import batches, collection, found
from tests.scraper.recovery.replay_server import needs_pywb, pywb
from tests.scraper.recovery.services import (
    Fault,
    Service,
    body_changed,
    broken_lines,
    cut,
    cut_unframed,
    field_changed,
    lying_digests,
    other_moment,
    refusing,
)
from tests.scraper.recovery.stepped_clock import SteppedClock
from tests.scraper.stores import new_database

pytestmark = needs_pywb

HUGE = "rong.tuyenquang.gov.vn"
HUGE_LINES = 2500


def lines(host: str, count: int) -> Iterator[str]:
    """Lines of an index of a host, in order."""
    key = ",".join(reversed(host.split(".")))
    for number in range(count):
        yield (
            f'{key})/tin/{number:06} 20190501020304 {{"url": "http://{host}/tin/{number:06}",'
            f' "mime": "text/html", "status": "200", "digest": "{"A" * 32}", "length": "900",'
            f' "offset": "0", "filename": "kept.warc.gz"}}'
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pywb(tmp_path_factory.mktemp("pywb"), CAPTURES, lines(HUGE, HUGE_LINES)) as service:
        yield service


@pytest.fixture
def service(server: Service) -> Service:
    server.faults.clear()
    server.requests.clear()
    return server


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.fixture
def archive(service: Service, db: Database) -> Iterator[WebArchive]:
    with collection(service, db) as opened:
        yield opened


def capture_of(archive: WebArchive, url: str, year: int) -> IndexedCapture:
    return next(
        capture
        for capture in found(archive, IndexQuery(url, Match.EXACT))
        if capture.captured_at == at(year)
    )


def test_a_host_has_all_its_captures(archive: WebArchive) -> None:
    captures = found(archive)
    told = {(capture.url, capture.captured_at, capture.digest) for capture in captures}
    assert told == {(each.url, each.moment, each.digest) for each in CAPTURES}
    assert {each.captured_at.year for each in captures if each.is_revisit} == {2020}
    assert [each.status for each in captures if each.captured_at == at(2022)] == [404]
    assert found(archive, IndexQuery("khong.co.vn", Match.HOST)) == []


def test_a_query_has_a_prefix_and_limits_of_time(archive: WebArchive) -> None:
    prefix = IndexQuery(f"{SITE}/tin/", Match.PREFIX, since=at(2020), until=at(2022))
    assert {capture.captured_at.year for capture in found(archive, prefix)} == {2020, 2022}
    exact = IndexQuery(f"{SITE}/tin/2.html", Match.EXACT)
    assert [capture.url for capture in found(archive, exact)] == [UNDATED.url]


@pytest.mark.parametrize("made", CAPTURES, ids=lambda made: f"{made.url[-9:]} {made.moment:%Y}")
def test_a_capture_is_as_recorded(archive: WebArchive, made) -> None:  # type: ignore[no-untyped-def]
    response = archive.response(capture_of(archive, made.url, made.moment.year))
    assert (response.status, response.body) == (int(made.status[:3]), made.body)
    assert response.captured_at == made.moment
    assert response.digest_matches
    assert response.head.startswith(f"HTTP/1.1 {made.status}\r\n".encode())
    got = {tuple(line.split(b": ", 1)) for line in response.head.split(b"\r\n")[1:-2]}
    assert set(made.fields) == {pair for pair in got if pair[0] != b"Content-Length"}
    assert response.address.endswith(f"/kept/{made.timestamp}/{made.url}")


@pytest.mark.parametrize("made", [GZIPPED, BROTLI])
def test_an_encoded_body_stays_encoded(archive: WebArchive, made) -> None:  # type: ignore[no-untyped-def]
    response = archive.response(capture_of(archive, made.url, made.moment.year))
    assert decode(response.body, made.fields[-1][1].decode()) == PAGE != response.body


def test_a_capture_that_is_not_held(archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE.url, 2019)
    with pytest.raises(CaptureError) as raised:
        archive.response(replace(capture, url=f"{SITE}/tin/khong-co.html"))
    assert (raised.value.reason, raised.value.is_final) == ("not_held", True)
    with pytest.raises(CaptureError) as raised:
        archive.response(replace(capture, captured_at=at(2018)))
    assert raised.value.reason == "other_moment"


TOOLBAR = b"<head><!-- BEGIN WAYBACK TOOLBAR INSERT -->"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other_moment("20180101000000"), "other_moment"),
        (field_changed("Memento-Datetime", "Wed, 01 May 2019 02:03:05 GMT"), "other_moment"),
        (field_changed("Memento-Datetime", "hôm nay".encode().decode("latin-1")), "moment_unknown"),
        (
            field_changed("Content-Location", f"/kept/20190501020304id_/{SITE}/tin/3.html"),
            "other_url",
        ),
        (
            field_changed("Content-Location", f"/kept/20200501020304/{SITE}/tin/1.html"),
            "other_moment",
        ),
        (body_changed(lambda body: body.replace(b"<head>", TOOLBAR)), "rewritten"),
        (
            body_changed(
                lambda body: body + b'<a href="/kept/20190501020304mp_/http://a.vn/">a</a>'
            ),
            "rewritten",
        ),
        (refusing(403), "blocked"),
        (refusing(400), "refused"),
    ],
)
def test_another_page_is_refused(service: Service, archive: WebArchive, change, reason) -> None:  # type: ignore[no-untyped-def]
    capture = capture_of(archive, ARTICLE.url, 2019)
    service.faults.append(Fault("id_/", change))
    with pytest.raises(CaptureError) as raised:
        archive.response(capture)
    assert raised.value.reason == reason
    assert raised.value.is_final


def test_a_page_that_links_to_an_archive_is_kept(service: Service, archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE.url, 2019)
    link = b'<a href="https://web.archive.org/web/20180203040506/http://cu.vn/">ban cu</a>'
    service.faults.append(Fault("id_/", body_changed(lambda body: body + link)))
    response = archive.response(capture)
    assert response.body == PAGE + link
    assert not response.digest_matches


def test_a_lying_digest_is_flagged(service: Service, archive: WebArchive) -> None:
    service.faults.append(Fault("/cdx", lying_digests()))
    capture = capture_of(archive, GZIPPED.url, 2021)
    response = archive.response(capture)
    assert (response.body, response.digest_matches) == (GZIPPED.body, False)


def test_a_recorded_503_is_no_stop(service: Service, db: Database) -> None:
    clock = SteppedClock()
    with collection(service, db, clock) as archive:
        assert archive.response(capture_of(archive, BUSY.url, 2023)).status == 503
    assert max(clock.sleeps) < 5


def test_a_record_that_pywb_lacks_fails_alone(service: Service, db: Database) -> None:
    clock = SteppedClock()
    with collection(service, db, clock) as archive:
        missing = found(archive, IndexQuery(f"http://{HUGE}/tin/000007", Match.EXACT))
        with pytest.raises(CaptureError) as raised:
            archive.response(missing[0])
        assert (raised.value.reason, raised.value.is_final) == ("unreadable", False)
        assert archive.response(capture_of(archive, ARTICLE.url, 2019)).body == PAGE
    assert max(clock.sleeps) < 5


def test_a_huge_host_comes_in_batches_that_resume(service: Service, archive: WebArchive) -> None:
    query = IndexQuery(HUGE, Match.HOST)
    whole = batches(archive, query)
    assert [len(batch.captures) for batch in whole] == [1000, 1000, 500]
    assert [batch.resume_at is None for batch in whole] == [False, False, True]
    rest = batches(archive, query, whole[1].resume_at)
    assert [batch.captures for batch in rest] == [whole[2].captures]
    assert "limit=10000000" in service.requests[-1].target


@pytest.mark.parametrize("change", [cut(0.7), cut(0.701), cut_unframed(0.7), cut_unframed(0.701)])
def test_an_index_that_is_cut_goes_on(service: Service, archive: WebArchive, change) -> None:  # type: ignore[no-untyped-def]
    service.faults.append(Fault("/cdx", change))
    captures = found(archive, IndexQuery(HUGE, Match.HOST))
    assert [capture.url[-6:] for capture in captures] == [f"{n:06}" for n in range(HUGE_LINES)]


def test_an_index_that_changed_is_read_from_the_start(archive: WebArchive) -> None:
    captures = batches(archive, IndexQuery(HUGE, Match.HOST), "1000 0123456789abcdef")
    assert sum(len(batch.captures) for batch in captures) == HUGE_LINES
    captures = batches(archive, IndexQuery(HUGE, Match.HOST), "9000 0123456789abcdef")
    assert sum(len(batch.captures) for batch in captures) == HUGE_LINES


def test_broken_lines_are_counted(service: Service, archive: WebArchive) -> None:
    broken = [b"{", b"\xff\xfe", b'{"url": "mailto:a", "timestamp": "20190501020304"}', b"[" * 9999]
    service.faults.append(Fault("/cdx", broken_lines(*broken)))
    (batch,) = batches(archive)
    assert (len(batch.captures), batch.broken) == (len(CAPTURES), len(broken))


def test_a_capture_that_is_cut_is_asked_for_again(service: Service, archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE.url, 2019)
    service.faults.append(Fault("id_/", cut(), times=2))
    assert archive.response(capture).body == PAGE
    service.faults.append(Fault("id_/", cut(), times=9))
    with pytest.raises(CaptureError) as raised:
        archive.response(capture)
    assert (raised.value.reason, raised.value.is_final) == ("truncated", False)
    assert len(service.asked("id_/")) == 3 + 4


def test_a_service_that_fails_always_is_out_of_reach(service: Service, archive: WebArchive) -> None:
    capture = capture_of(archive, ARTICLE.url, 2019)
    service.faults.append(Fault("id_/", refusing(500), times=100))
    for _ in range(4):
        with pytest.raises(CaptureError, match="500"):
            archive.response(capture)
    with pytest.raises(ServiceError, match="out of reach"):
        archive.response(capture)


@pytest.mark.parametrize("status", [429, 503])
def test_a_stop_is_waited_for(service: Service, db: Database, status: int) -> None:
    clock = SteppedClock()
    with collection(service, db, clock) as archive:
        service.faults.append(Fault("/cdx", refusing(status, "90")))
        service.faults.append(Fault("/cdx", refusing(status)))
        assert len(found(archive)) == len(CAPTURES)
    assert [pause for pause in clock.sleeps if pause > 10] == [90, 120]


def test_the_third_stop_ends_the_night(service: Service, db: Database) -> None:
    service.faults.append(Fault("id_/", refusing(429), times=9))
    with collection(service, db) as archive:
        capture = capture_of(archive, ARTICLE.url, 2019)
        with pytest.raises(ServiceError) as raised:
            archive.response(capture)
    assert raised.value.until is not None
    assert raised.value.until.isoformat() == "2026-11-28T05:00:00+00:00"
    assert len(service.asked("id_/")) == 3
    with collection(service, db) as archive, pytest.raises(ServiceError, match="05:00:00Z"):
        archive.response(capture)
    assert len(service.asked("id_/")) == 3


def test_what_is_no_collection_is_named(service: Service, db: Database) -> None:
    wrong = replace(service, collection=f"{service.url}/khong-co")
    with collection(wrong, db) as archive, pytest.raises(ServiceError, match="no collection"):
        batches(archive)


def test_a_query_that_is_refused_ends_alone(service: Service, archive: WebArchive) -> None:
    service.faults.append(Fault("/cdx", refusing(400)))
    (batch,) = batches(archive)
    assert (batch.captures, batch.broken, batch.resume_at) == ([], 1, None)


def test_requests_say_who_asks_and_take_bodies_as_recorded(
    service: Service, archive: WebArchive
) -> None:
    archive.response(capture_of(archive, REVISIT.url, 2020))
    for request in service.requests:
        assert request.headers["user-agent"].startswith("tinhuyen/")
        assert request.headers["user-agent"].endswith("(+you@example.org)")
    assert "br" in service.asked("id_/")[0].headers["accept-encoding"]
