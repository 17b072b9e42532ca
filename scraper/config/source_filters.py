"""Filters of sources: by province, level, platform, state, and whether they are enabled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from shlex import quote

from pipelines.gazetteer.units import find_former_province, find_province, similar_provinces
from pipelines.text import fold
from scraper.base.errors import UsageError, did_you_mean
from scraper.base.source import Source, State
from scraper.config.registered_sources import perhaps_enabled


@dataclass(frozen=True, slots=True)
class Findings:
    """What runs have found out about a source: it counts more than the source's entry."""

    platform: str | None = None
    state: str = State.UNKNOWN


NOTHING = Findings()


@dataclass(frozen=True, slots=True)
class SourceFilters:
    """Which sources a command is about: those that meet everything that is given.

    ``province`` is a name as users type it. That of a former province means the sources of what it
    was, that of a province of today all sources there.
    """

    province: str | None = None
    level: str | None = None
    platform: str | None = None
    state: str | None = None
    enabled: bool | None = None

    @property
    def are_given(self) -> bool:
        """Whether there is any filter."""
        return self != SourceFilters()

    @property
    def ask_runs(self) -> bool:
        """Whether they are about what runs find out."""
        return self.platform is not None or self.state is not None

    @property
    def as_options(self) -> str:
        """The filters as the command line takes them."""
        flag = {True: ["--enabled"], False: ["--disabled"], None: []}[self.enabled]
        named = {each: getattr(self, each) for each in ("province", "level", "platform", "state")}
        options = [f"--{name} {quote(value)}" for name, value in named.items() if value is not None]
        return " ".join([*options, *flag])

    def select(
        self, sources: Mapping[str, Source], findings: Mapping[str, Findings]
    ) -> list[Source]:
        """Return the sources that meet the filters, in their order.

        ``findings`` are what runs have found out, by slug. Raises UsageError if neither the
        gazetteer nor any of the sources knows the province.
        """
        is_there = _place(self.province) if self.province is not None else None
        slugs = perhaps_enabled(sources) if self.enabled else sources
        found = [
            sources[slug]
            for slug in slugs
            if self._is_met(sources[slug], findings.get(slug, NOTHING))
            and (is_there is None or is_there(sources[slug]))
        ]
        if not found and self.province is not None:
            _refuse_unknown(self.province, sources)
        return found

    def _is_met(self, source: Source, findings: Findings) -> bool:
        """Whether a source meets the filters, whatever its province."""
        return (
            self.level in (None, source.level)
            and self.platform in (None, platform_of(source, findings))
            and self.state in (None, state_of(source, findings))
            and self.enabled in (None, source.enabled)
        )


def platform_of(source: Source, findings: Findings) -> str | None:
    """Return the platform of a source: as a run recognised it, else as its entry declares it."""
    return findings.platform or source.platform


def state_of(source: Source, findings: Findings) -> str:
    """Return the state of a source: as a run found it, else as its entry declares it."""
    return source.state if findings.state == State.UNKNOWN else findings.state


def _place(name: str) -> Callable[[Source], bool]:
    """Return whether a source is in a province of today, or was in a former one."""
    province, former = find_province(name), find_former_province(name)
    if province is not None and former is None:
        return lambda source: _province_code(source.province) == province.code
    wanted = fold(former or name)
    return lambda source: wanted in map(fold, _provinces(source))


def _refuse_unknown(name: str, sources: Mapping[str, Source]) -> None:
    """Raise UsageError, with the nearest names, if nobody knows a province of this name."""
    wanted = fold(name)
    if find_province(name) is not None:
        return
    if not any(wanted in map(fold, _provinces(source)) for source in sources.values()):
        hint = did_you_mean(similar_provinces(name), "see `tinhuyen sources list`")
        raise UsageError(f"no province `{name}`: {hint}")


def _provinces(source: Source) -> list[str]:
    return [name for name in (source.former_province, source.province) if name]


@cache
def _province_code(name: str | None) -> str | None:
    province = find_province(name) if name else None
    return province.code if province else None
