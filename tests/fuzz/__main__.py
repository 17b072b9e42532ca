"""Extraction under a coverage-guided fuzzer: ``make fuzz`` runs it for ten minutes.

What makes it raise, take more than twenty seconds or grow beyond the memory of a worker is left
in ``fuzz-findings/``; once mended it belongs to ``tests/pages/`` with its truth.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import atheris

import settings

with atheris.instrument_imports(include=["pipelines"]):
    from pipelines import extract

TESTS = Path(__file__).parents[1]
FINDINGS = Path("fuzz-findings")
LONGEST = 65_536
"""Bytes of a page: longer ones are slower to try and show little that shorter ones do not."""

TOKENS = [
    *("<p>", "</p>", "<div class='", "<table>", "<td>", "<h1>", "<br>", "<img alt='", "<a href='"),
    *("<script type='application/ld+json'>{", "<meta property='og:title' content='", "<!--", "-->"),
    *("<![CDATA[", "charset=", "windows-1258", "&#xD800;", "&nbsp;", "./.", "Ảnh: ", "Tác giả: "),
    *("21/11/2023 14:25", "Tin cùng chuyên mục", "articleBody", "datePublished", "itemprop='"),
]


def read(page: bytes) -> None:
    """Read one page both ways that it can come."""
    extract(page)
    extract(page.decode("utf-8", "replace"), url="https://xa.example/tin/1.html")


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    FINDINGS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for page in (TESTS / "pages").glob("*.html"):
            shutil.copy(page, corpus)
        tokens = Path(folder) / "tokens"
        tokens.write_text("".join(f"{_quoted(token)}\n" for token in TOKENS))
        options = {
            "max_total_time": seconds,
            "max_len": LONGEST,
            "timeout": settings.EXTRACTION_SECONDS,
            "rss_limit_mb": settings.EXTRACTION_MEMORY_MB,
            "dict": tokens,
            "artifact_prefix": f"{FINDINGS}/",
            "print_final_stats": 1,
        }
        flags = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *flags, str(corpus)], read)
        atheris.Fuzz()


def _quoted(token: str) -> str:
    """A token as libFuzzer's dictionaries write it: bytes in hexadecimal."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in token.encode()) + '"'


if __name__ == "__main__":
    main()
