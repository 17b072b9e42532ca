"""Names of a made-up zone, all served by one server on 127.0.0.1, and the searches for its portals.

A test has three seams, none of them in the program: the resolver that settings name (it replaces
the port, too, so that a name needs no port in its URL), the settings, and the values of constants.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scraper.demo.server import Answer, Request, Server
from tests.processes import REPOSITORY, Process, start

SECONDS = 120
"""How long one search may take before the test fails."""

Answering = Callable[[Request], Answer]


class Zone(Server):
    """A server of many names. ``sites`` maps a name and a path to what is answered.

    ``most_at_once`` is the greatest number of requests that were being answered at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sites: dict[tuple[str, str], Answer | Answering] = {}
        self.seconds = 0.0
        self.at_once = self.most_at_once = 0

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Return the answer of a name; it has no robots.txt unless the test adds one."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        name = request.headers["host"]
        found = self.sites.get((name, request.path)) or self.sites.get(("*", request.path))
        self.at_once -= 1
        if found is None:
            return Answer("<h1>Không có</h1>", 404)
        return found if isinstance(found, Answer) else found(request)

    def requests_by_host(self) -> Counter[str]:
        """How many requests each name got."""
        return Counter(request.headers["host"] for request in self.log)

    def paths_of(self, name: str) -> list[str]:
        """What was requested of a name, in order."""
        return [request.path for request in self.log if request.headers["host"] == name]


@dataclass(slots=True)
class Searching:
    """A data folder, and searches in it that see the names of a zone.

    ``names`` have an address; those in ``private`` one that nobody may connect to; in the zones in
    ``wildcards`` every name has one. ``values`` are constants, by module and name.
    """

    folder: Path
    zone: Zone
    names: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    wildcards: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> Path:
        """The user's own registry."""
        return self.folder / "config" / "tinhuyen" / "sources.toml"

    @property
    def database(self) -> Path:
        """Where searches store."""
        return self.folder / "tinhuyen.db"

    def start(self, *arguments: str, **environment: str) -> Process:
        """Start `tinhuyen sources discover` in a process of its own."""
        port = self.zone.base.rpartition(":")[2]
        order = {
            "arguments": ["sources", "discover", *arguments],
            "settings": {
                "TWISTED_DNS_RESOLVER": "tests.spiders.portal_search.search_once.ZoneResolver"
            },
            "values": {"spiders.portal_search.limits.TRIES": 2, **self.values},
            "port": int(port),
            "names": sorted(self.names),
            "private": sorted(self.private),
            "wildcards": sorted(self.wildcards),
        }
        given = {
            **os.environ,
            "TINHUYEN_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "TINHUYEN_RESERVE": "0",
            "TINHUYEN_WORKERS": "1",
            "TINHUYEN_CONTACT": "tests@example.org",
            **environment,
        }
        module = "tests.spiders.portal_search.search_once"
        return start(module, json.dumps(order), environment=given, folder=REPOSITORY)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Search to the end."""
        with self.start(*arguments, **environment) as process:
            try:
                out, errors = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(arguments, process.returncode or 0, out, errors)

    def search(self, *arguments: str) -> dict[str, Any]:
        """Search to the end, and return what is printed with --json; the sums must close."""
        done = self.run(*arguments, "--json")
        assert done.returncode in (0, 3), done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        looked = [row for row in found["candidates"] if row["is_new"]]
        assert sum(found["verdicts"].values()) == len(looked)
        assert all(row["verdict"] and row["reason"] for row in found["candidates"])
        assert found["run"]["requests"] >= sum(row["requests"] for row in looked)
        return found


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    """The verdict on each host."""
    return {row["host"]: row["verdict"] for row in found["candidates"]}


def portal(name: str, *days: str, extra: str = "") -> str:
    """The home page of a unit's portal, with an article of each day (``24/11/2026``)."""
    items = "".join(
        f'<li class="news"><h3><a href="/tin-tuc/hoi-nghi-ban-ve-san-xuat-{100 + number}.html">'
        f"Hội nghị lần thứ {number} của {name} bàn về sản xuất vụ đông xuân</a></h3>"
        f" <span>{day}</span></li>"
        for number, day in enumerate(days, 1)
    )
    title = f"Cổng thông tin điện tử {name}"
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><header><h1>{title}</h1>"
        f"</header><ul>{items}</ul>{extra}<footer>Cơ quan chủ quản: UBND {name}</footer>"
        "</body></html>"
    )


def links(*entries: tuple[str, str]) -> str:
    """A list of links: URL and text."""
    items = "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in entries)
    return f"<ul>{items}</ul>"
