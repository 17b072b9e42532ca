"""Measures the reading of PDF beside its peers: ``python -m tests.bench.documents``.

Writes ``bench-results/documents.md``: the processor time for 50 pages with a table on each, the
most memory of the process, and how many rows of the tables are found whole. Each tool runs in a
process of its own, ours within the limits of a worker.
"""

from __future__ import annotations

import io
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module

from pipelines.documents import read_document
from pipelines.workers import within_memory
from scraper.config.program_settings import settings
from scraper.demo.files import pdf
from tests.bench.results import RESULTS
from tests.pipelines.documents.samples import NOTICE, TABLE_LINES

PAGES = 50


def with_pdfium(body: bytes) -> str:
    """PDFium alone, without our search for tables and legacy fonts."""
    document = import_module("pypdfium2").PdfDocument(body)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def with_pypdf(body: bytes) -> str:
    """The library pypdf."""
    reader = import_module("pypdf").PdfReader(io.BytesIO(body))
    return "\n".join(page.extract_text() for page in reader.pages)


def with_pdfminer(body: bytes) -> str:
    """The library pdfminer.six."""
    text: str = import_module("pdfminer.high_level").extract_text(io.BytesIO(body))
    return text


def ours(body: bytes) -> str:
    """Our own reading."""
    return within_memory(settings.EXTRACTION_MEMORY_MB, read_document, body).text


TOOLS: dict[str, Callable[[bytes], str]] = {
    "tinhuyen": ours,
    "PDFium alone": with_pdfium,
    "pypdf": with_pypdf,
    "pdfminer.six": with_pdfminer,
}


def measure(tool: Callable[[bytes], str], body: bytes) -> tuple[float, float, int]:
    """Return processor seconds, the most megabytes, and the rows of tables that are found."""
    tool(pdf([["Trang."]]))  # imports what it needs
    started = time.process_time()
    lines = tool(body).splitlines()
    seconds = time.process_time() - started
    rows = sum(lines.count(row) for row in TABLE_LINES)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows


def main() -> None:
    """Measure and write the results."""
    body = pdf([NOTICE] * PAGES)
    lines = [
        f"| tool | seconds for {PAGES} pages | times ours | MB"
        f" | rows of {PAGES * len(TABLE_LINES)} |",
        "|---|---|---|---|---|",
    ]
    own = 0.0
    for name, tool in TOOLS.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, megabytes, rows = pool.apply(measure, (tool, body))
        own = own or seconds
        lines.append(f"| {name} | {seconds:.2f} | {seconds / own:.2f} | {megabytes:.0f} | {rows} |")
    text = "\n".join(lines) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "documents.md").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
