"""Scans are read with tesseract, where it is installed with Vietnamese."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pipelines.documents import read_document
from scraper.demo.files import scan


def languages() -> str:
    if not shutil.which("tesseract"):
        return ""
    command = ["tesseract", "--list-langs"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_scan_is_read_if_that_is_asked_for() -> None:
    if "vie" not in languages().split():
        pytest.skip("needs tesseract with Vietnamese: apt-get install tesseract-ocr-vie")
    body = scan([["Thông báo về việc thu gom rác thải sinh hoạt trên địa bàn xã"]])
    document = read_document(body, ocr=True)
    assert document.is_scan
    assert document.problem is None
    assert "thu gom rác thải sinh hoạt" in document.text


def test_a_scan_is_told_if_tesseract_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    document = read_document(scan([["Thông báo"]]), ocr=True)
    assert (document.problem, document.is_scan) == ("ocr_missing", True)
