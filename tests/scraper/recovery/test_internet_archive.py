"""The client of the Internet Archive, against a double of its two servers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.recovery import internet_archive as client
from scraper.recovery.web_archive import CaptureError, IndexedCapture, ServiceError, WebArchive
from tests.scraper.recovery.archived import Archived
from tests.scraper.recovery.doubles import internet_archive
from tests.scraper.recovery.made_up_site import CAPTURES, PAGE, REDIRECT, SITE, at
from tests.scraper.recovery.opened_archives import batches, configured, found
from tests.scraper.recovery.services import (
    Answer,
    Fault,
    Request,
    Service,
    broken_lines,
    cut,
    other_moment,
    refusing,
    repeated,
)
from tests.scraper.stores import new_database


@pytest.fixture
def service() -> Iterator[Service]:
    with internet_archive(CAPTURES) as running:
        yield running


@pytest.fixture
def archive(service: Service, tmp_path: Path) -> Iterator[WebArchive]:
    with configured("internet-archive", service, new_database(tmp_path)) as opened:
        yield opened


@pytest.fixture
def short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LINES_PER_REQUEST", 3)


def told(captures: list[IndexedCapture]) -> set[tuple[str, object, str]]:
    return {(capture.url, capture.captured_at, capture.digest) for capture in captures}


EVERYTHING = {(made.url, made.moment, made.digest) for made in CAPTURES}


@pytest.mark.usefixtures("short_answers")
def test_a_host_comes_in_answers_that_resume(service: Service, archive: WebArchive) -> None:
    whole = batches(archive)
    assert [len(batch.captures) for batch in whole] == [3, 3, 2]
    assert told([capture for batch in whole for capture in batch.captures]) == EVERYTHING
    assert batches(archive, resume_at=whole[0].resume_at) == whole[1:]
    asked = service.asked("/cdx/")
    assert [request.param("showResumeKey") for request in asked] == ["true"] * len(asked)


@pytest.mark.usefixtures("short_answers")
def test_an_answer_that_repeats_ends_the_query(service: Service, archive: WebArchive) -> None:
    answers: list[Answer] = []
    service.faults.append(Fault("/cdx/", repeated(answers), times=100))
    assert len(found(archive)) == 3
    assert len(service.asked("/cdx/")) == 2


@pytest.mark.usefixtures("short_answers")
def test_broken_lines_do_not_hide_the_others(service: Service, archive: WebArchive) -> None:
    service.faults.append(Fault("/cdx/", broken_lines(b'["a', b'["b", "c"],', b"\xff,")))
    whole = batches(archive)
    assert sum(batch.broken for batch in whole) == 3
    assert told([capture for batch in whole for capture in batch.captures]) == EVERYTHING


@pytest.mark.parametrize("made", CAPTURES, ids=lambda made: f"{made.url[-9:]} {made.moment:%Y}")
def test_a_capture_is_as_recorded(archive: WebArchive, made: Archived) -> None:
    capture = next(each for each in found(archive) if told([each]) == {key(made)})
    response = archive.response(capture)
    assert (response.status, response.body) == (int(made.status[:3]), made.body)
    assert response.digest_matches
    got = {tuple(line.split(b": ", 1)) for line in response.head.split(b"\r\n")[1:-2]}
    lower = {(name.lower(), value) for name, value in got if name.lower() != b"content-length"}
    assert lower == {(name.lower(), value) for name, value in made.fields}


def key(made: Archived) -> tuple[str, object, str]:
    return made.url, made.moment, made.digest


def test_a_body_that_the_service_compressed_is_as_the_site_sent_it(
    service: Service, archive: WebArchive
) -> None:
    def compress(request: Request, answer: Answer) -> Answer:
        fields = [*answer.fields, ("Content-Encoding", "gzip")]
        return replace(answer, body=gzip.compress(answer.body), fields=fields)

    service.faults.append(Fault("id_/", compress))
    capture = next(each for each in found(archive) if each.captured_at == at(2020))
    response = archive.response(capture)
    assert (response.body, response.digest_matches) == (PAGE, True)
    assert b"ncoding: gzip" not in response.head


def test_a_redirect_of_the_service_is_no_redirect_of_the_site(
    service: Service, archive: WebArchive
) -> None:
    capture = next(each for each in found(archive) if each.url == REDIRECT.url)
    assert b"/web/" not in archive.response(capture).head
    with pytest.raises(CaptureError) as raised:
        archive.response(replace(capture, captured_at=at(2015)))
    assert raised.value.reason == "other_moment"
    service.faults.append(Fault("id_/", other_moment("20150101000000")))
    with pytest.raises(CaptureError) as raised:
        archive.response(capture)
    assert raised.value.reason == "other_moment"


def test_a_page_in_place_of_an_index_ends_it(service: Service, archive: WebArchive) -> None:
    def page(request: Request, answer: Answer) -> Answer:
        return Answer(200, [("Content-Type", "text/html")], b"<html>bao tri</html>")

    service.faults.append(Fault("/cdx/", page))
    with pytest.raises(ServiceError, match="a web page"):
        batches(archive)


def test_an_index_that_fails_is_asked_again(service: Service, archive: WebArchive) -> None:
    service.faults += [Fault("/cdx/", refusing(502)), Fault("/cdx/", cut())]
    assert told(found(archive)) == EVERYTHING
    service.faults.append(Fault("/cdx/", refusing(502), times=9))
    with pytest.raises(ServiceError, match="out of reach"):
        batches(archive)


def test_a_fragment_and_foreign_letters_reach_the_service(
    service: Service, archive: WebArchive
) -> None:
    capture = replace(found(archive)[0], url=f"{SITE}/tìm?q=nước sạch#đầu")
    with pytest.raises(CaptureError, match="not hold"):
        archive.response(capture)
    assert service.requests[-1].target.endswith(
        f"/{SITE}/t%C3%ACm?q=n%C6%B0%E1%BB%9Bc%20s%E1%BA%A1ch%23%C4%91%E1%BA%A7u"
    )
    assert archive.address(capture).startswith(f"{service.url}/web/")
