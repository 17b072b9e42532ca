"""What `crawl`, `runs` and `status` say of photos and attachments."""

from __future__ import annotations

import json
from pathlib import Path

from tests.portals.notices import NoticePortal, pdf, png
from tests.scraper.commands.test_command_line import tinhuyen


def test_files_that_came_and_files_that_wait_are_told(tmp_path: Path) -> None:
    with NoticePortal() as portal:
        paths = [f"/tep/{number}.pdf" for number in range(3)]
        portal.publish(1, *paths, "/anh/ben.png", "/anh/mat.png")
        portal.serve("/anh/ben.png", png())
        for path in paths:
            portal.serve(path, pdf(path, 600_000))
        crawl = ("crawl", "--url", portal.home_url, "--delay", "0")
        small = {"TINHUYEN_FILES_MEGABYTES": "1"}
        told = tinhuyen(*crawl, home=tmp_path, **small)
        runs = tinhuyen("runs", "1", home=tmp_path)
        asked = json.loads(tinhuyen("runs", "1", "--json", home=tmp_path).stdout)
        status = tinhuyen("status", home=tmp_path)
        waiting = json.loads(tinhuyen("status", "--json", home=tmp_path).stdout)["files_waiting"]
        unwanted = tinhuyen("status", "--json", home=tmp_path, TINHUYEN_PHOTOS="false")
        rest = json.loads(tinhuyen(*crawl, "--json", home=tmp_path).stdout)
    line = "attachments: 2 deferred (budget), 1 new; photos: 2 deferred (budget); 0.6 MB"
    assert line in told.stdout, told.stdout + told.stderr
    assert line in runs.stdout
    [source] = asked["sources"]
    assert {
        (one["kind"], one["outcome"], one["reason"]): one["files"] for one in source["files"]
    } == {
        ("attachment", "new", ""): 1,
        ("attachment", "deferred", "budget"): 2,
        ("photo", "deferred", "budget"): 2,
    }
    [slug] = waiting
    assert waiting[slug] == {"attachment": 2, "photo": 2}
    assert f"files that wait for the next run: 2 attachments, 2 photos of {slug}" in status.stdout
    assert json.loads(unwanted.stdout)["files_waiting"] == {slug: {"attachment": 2}}
    [source] = rest["sources"]
    assert [(one["kind"], one["outcome"], one["reason"]) for one in source["files"]] == [
        ("attachment", "new", ""),
        ("photo", "gone", "http_404"),
        ("photo", "new", ""),
    ]
