"""Measures crawls of whole sites: ``python -m tests.bench.sites [SITE …]``.

Copies of five local portals (HTML only) are served on 127.0.0.1 and crawled with the real command.
The stored articles are compared with what CSS selectors of each site read from the same files.
Writes ``bench-results/sites.md``; ``--wrong`` also prints every wrong page.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.corpora import SHARED
from tests.bench.sites.platforms import PLATFORMS
from tests.bench.sites.reference import Expected, PageKind, reference
from tests.bench.sites.running import Stored, crawl, serving, unpack

FOLDER = SHARED / "portals"
RESULTS = Path("bench-results")
AT_A_TIME = 2
_INVISIBLE = re.compile("[\u200b\ufeff]")
_IMPRINT = re.compile(
    r"^\W*(chịu trách nhiệm (chính|nội dung|xuất bản)|giấy phép (số|thiết lập|xuất bản)"
    r"|cơ quan chủ quản|ghi rõ nguồn|phát triển bởi|bản quyền thuộc)",
    re.I | re.M,
)
MAX_IMPRINT_WORDS = 40

COLUMNS = (
    "pages found", "articles stored", "notices stored", "titles right", "sections right",
    "days right", "days invented", "notices with empty body", "imprints stored",
    "lists stored", "standing pages stored",
)  # fmt: skip


@dataclass
class Site:
    """The results of a site: (right, all) by column, and what was wrong."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def count(self, column: str, is_so: bool, complaint: str = "") -> None:
        """Count one answer; keep the complaint if it is wrong."""
        self.asked[column] += 1
        self.right[column] += is_so
        if complaint and not is_so:
            self.wrong.append(f"{column}: {complaint}")

    def cells(self) -> list[str]:
        """Return the row of the table, with a dash for what the site does not show."""
        return [
            f"{self.right[column]}/{self.asked[column]}" if self.asked[column] else "–"
            for column in COLUMNS
        ]


def measure(name: str) -> Site:
    """Unpack, serve and crawl a site, and compare what was stored with the truth."""
    with TemporaryDirectory(prefix="tinhuyen-sites-") as folder:
        root = Path(folder) / "site"
        unpack(FOLDER / f"site-{name}.tar.xz", root)
        with serving(root) as address:
            stored = crawl(address, Path(folder) / "home")
        return compare(reference(name, root), stored)


def compare(expected: dict[str, Expected], stored: dict[str, Stored]) -> Site:
    """Judge every page of a site."""
    site = Site()
    for path, page in expected.items():
        found = stored.get(path.rstrip("/"), Stored(False, None))
        if page.kind in (PageKind.ARTICLE, PageKind.NOTICE):
            site.count("pages found", found.is_fetched)
            if found.is_fetched:
                _judge_article(site, path, page, found)
        elif page.kind is PageKind.STANDING:
            _judge_other(site, "standing pages stored", path, found)
        elif page.kind is PageKind.LIST:
            _judge_other(site, "lists stored", path, found)
    return site


def _judge_article(site: Site, path: str, page: Expected, found: Stored) -> None:
    article, shown = found.article, page.shown
    site.count(f"{page.kind}s stored", article is not None, path)
    if article is None or shown is None:
        return
    for column, name, right in (
        ("titles right", "title", shown.title),
        ("sections right", "section", shown.section),
    ):
        if right:
            site.count(column, _is_same(article[name], right), f"{path} {article[name]!r}")
    day = (article["published_at"] or "")[:10]
    if shown.day:
        site.count("days right", day == shown.day, f"{path} {day!r} for {shown.day}")
    else:
        _count_fault(site, "days invented", bool(day), f"{path} {day}")
    imprint = _imprint_in(f"{article['lede'] or ''}\n{article['body'] or ''}")
    _count_fault(site, "imprints stored", imprint is not None, f"{path} {imprint}")
    if page.kind is PageKind.NOTICE:
        is_empty = not (article["body"] or "").strip()
        site.count("notices with empty body", is_empty, path)


def _judge_other(site: Site, column: str, path: str, found: Stored) -> None:
    if found.is_fetched:
        title = (found.article or {}).get("title")
        _count_fault(site, column, found.article is not None, f"{path} {title!r}")


def _count_fault(site: Site, column: str, is_so: bool, complaint: str) -> None:
    site.count(column, is_so)
    if is_so:
        site.wrong.append(f"{column}: {complaint}")


def _is_same(one: str | None, other: str) -> bool:
    return _plain(one or "") == _plain(other)


def _plain(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split()).casefold()


def _imprint_in(text: str) -> str | None:
    """Return the first short line that names a publisher, a licence or a software maker."""
    lines = _INVISIBLE.sub("", text).split("\n")
    short = (line for line in lines if len(line.split()) <= MAX_IMPRINT_WORDS)
    return next((line for line in short if _IMPRINT.search(line)), None)


def report(sites: dict[str, Site], with_wrong: bool = False) -> str:
    """Return the Markdown report."""
    lines = [
        "# Crawls of whole sites\n",
        "Of the pages that hold an article or a notice, how many were found; the other columns "
        "count the pages that were fetched.\n",
        f"| site | {' | '.join(COLUMNS)} |",
        "|---" * (len(COLUMNS) + 1) + "|",
        *(f"| {name} | {' | '.join(site.cells())} |" for name, site in sites.items()),
    ]
    if with_wrong:
        lines += ["", *(f"- {name} {text}" for name, site in sites.items() for text in site.wrong)]
    return "\n".join(lines) + "\n"


def _present(names: list[str]) -> Iterator[str]:
    for name in names or PLATFORMS:
        if (FOLDER / f"site-{name}.tar.xz").exists():
            yield name


def _said(error: subprocess.CalledProcessError | subprocess.TimeoutExpired) -> str:
    said = error.stderr or ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def main(arguments: list[str] | None = None) -> int:
    """Measure the sites that are present; return 1 if a crawl fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", nargs="*", metavar="SITE", help=", ".join(PLATFORMS))
    parser.add_argument("--wrong", action="store_true", help="print every wrong page")
    options = parser.parse_args(arguments)
    if unknown := set(options.sites) - set(PLATFORMS):
        parser.error(f"no such site: {', '.join(sorted(unknown))}")
    names = list(_present(options.sites))
    if not names:
        print("sites: skipped, no shared pages of portals beside the project")
        return 0
    try:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            sites = dict(zip(names, pool.map(measure, names), strict=True))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"sites: {error}\n{_said(error)}", file=sys.stderr)
        return 1
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "sites.md").write_text(report(sites), "utf-8")
    print(report(sites, options.wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
