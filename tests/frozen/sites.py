"""The sites of the three nights, and what happens on them between the nights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.frozen.days import NIGHTS
from tests.portals import fickle, misbehaviours
from tests.portals.changing import ChangingPortal
from tests.portals.changing import Mood as Accident
from tests.portals.faults import FaultServer, Misbehaviour, article, paths_of
from tests.portals.fickle import FicklePortal
from tests.portals.habits import Habits
from tests.portals.platforms import PLATFORM_PORTALS
from tests.portals.portal import Double, Portal
from tests.portals.schemes import ADDRESSES, PAGING_PORTALS, TersePortal

HABITS = Habits(
    lying_last_modified=True,
    unknown_goes_home=True,
    past_end_goes_to_first=True,
    two_sections=True,
    login_links=True,
    print_twins=True,
    calendar=True,
    looping_path=True,
)
MOODS: tuple[fickle.Mood, ...] = ("down", "moved", "redesigned", "shut", "taken over")
ACCIDENTS: tuple[frozenset[Accident], ...] = (
    frozenset(),
    frozenset({"banner", "truncated"}),
    frozenset({"redesigned", "one canonical"}),
)
FAULTS: dict[str, Misbehaviour] = {
    **{
        fault.__name__: fault
        for fault in (
            misbehaviours.reset,
            misbehaviours.short,
            misbehaviours.half,
            misbehaviours.gzip_cut,
            misbehaviours.chunk_cut,
            misbehaviours.closed_early,
            misbehaviours.closed_at_the_end,
            misbehaviours.bad_chunk,
            misbehaviours.great_header,
            misbehaviours.at_last,
            misbehaviours.further,
            misbehaviours.circle,
            misbehaviours.not_gzip,
            misbehaviours.pdf,
            misbehaviours.octets,
        )
    },
    **{f"status {code}": misbehaviours.status(code) for code in (403, 404, 410, 500, 503)},
    "elsewhere": misbehaviours.to("http://suoithu.example/tin/mot-bai-khac-101.html"),
    "home": misbehaviours.to("/"),
    "bomb": misbehaviours.bomb("gzip"),
}


@dataclass(slots=True)
class Sites:
    """All served sites, by name."""

    portals: dict[str, Double] = field(default_factory=dict)
    fickle: dict[fickle.Mood, FicklePortal] = field(default_factory=dict)
    changing: ChangingPortal = field(default_factory=lambda: ChangingPortal(Random(7), NIGHTS[0]))
    faults: dict[str, FaultServer] = field(default_factory=dict)

    @property
    def homes(self) -> dict[str, str]:
        """The home page of each site by the slug of its source."""
        servers: dict[str, Double | FaultServer] = {
            **self.portals,
            **{f"fickle {mood}": portal for mood, portal in self.fickle.items()},
            "changing": self.changing,
            **{f"fault {name}": server for name, server in self.faults.items()},
        }
        return {slug_of(name): server.home_url for name, server in servers.items()}

    def live(self, night: int) -> None:
        """Change the sites as in the hours before a night (0, 1 or 2)."""
        for mood, moody in self.fickle.items():
            moody.mood = mood if night == 1 else "well"
        self.changing.moods = ACCIDENTS[night]
        if night > 0:
            at = NIGHTS[night] - timedelta(hours=3)
            self.changing.take_over(self.changing.stories[3], at)
            self.changing.bulletin(at + timedelta(minutes=20))
            self.changing.revise(self.changing.stories[5], at)
            self.changing.revise(self.changing.stories[7], at)
        if night == 2:
            for portal in self.portals.values():
                portal.publish(3)
                portal.edit(7)
                portal.remove(5)


@contextmanager
def served() -> Iterator[Sites]:
    """Serve all sites while the context is open."""
    sites = Sites()
    with ExitStack() as stack:
        for name, build in PLATFORM_PORTALS.items():
            sites.portals[f"platform {name}"] = stack.enter_context(build())
        for number, (name, scheme) in enumerate(PAGING_PORTALS.items(), 1):
            sites.portals[f"paging {number} {name}"] = stack.enter_context(scheme())
        for number, address in enumerate(ADDRESSES, 1):
            sites.portals[f"terse {number} {address}"] = stack.enter_context(TersePortal(address))
        sites.portals["habits"] = stack.enter_context(Portal(articles=12, habits=HABITS))
        for mood in MOODS:
            sites.fickle[mood] = stack.enter_context(FicklePortal(articles=12))
        stack.enter_context(sites.changing)
        for name, fault in FAULTS.items():
            sites.faults[name] = stack.enter_context(_faulty(name, fault))
        yield sites


def _faulty(name: str, fault: Misbehaviour) -> FaultServer:
    """Return a site with two good articles and one URL with a fault."""
    good, bad, other = paths_of("dau", slug_of(name), "cuoi")
    server = FaultServer({bad: fault})
    for path in (good, other):
        text = article(f"Bà con xóm Suối Thử sửa đường ra bến, {path[-8:-5]}")
        server.paths[path] = lambda call, text=text: call.reply(text)  # type: ignore[misc]
    server.home(good, bad, other)
    return server


def slug_of(name: str) -> str:
    """Return a name as the slug of a source."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
