"""Writes and removes the systemd units; all or none, and never over what somebody changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scraper.base.atomic_file import atomic_write
from scraper.base.errors import TinhuyenError
from scraper.deploy.units import UNITS, Installation


class FileState(StrEnum):
    """What lies where a unit is to be written."""

    ABSENT = "new"
    SAME = "unchanged"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit: where it is written, its text, and what is there now."""

    path: Path
    text: str
    state: FileState


def unit_files(installation: Installation) -> list[UnitFile]:
    """Return all units of an installation. Raises OSError if one cannot be read."""
    found = []
    for unit in UNITS:
        path, text = installation.folder / unit, installation.text(unit)
        found.append(UnitFile(path, text, _state(path, text)))
    return found


def _state(path: Path, text: str) -> FileState:
    if not path.exists():
        return FileState.ABSENT
    return FileState.SAME if path.read_bytes() == text.encode() else FileState.CHANGED


def install(installation: Installation, *, force: bool = False) -> list[UnitFile]:
    """Write the units that are not there; returns all of them, with what was there before.

    Raises TinhuyenError before anything is written if one was changed and ``force`` is not set,
    and if the folder cannot be written.
    """
    units = unit_files(installation)
    if not force:
        _refuse_changed(units, "overwrites")
    try:
        installation.folder.mkdir(parents=True, exist_ok=True)
        for unit in units:
            if unit.state is not FileState.SAME:
                with atomic_write(unit.path) as out:
                    out.write(unit.text.encode())
                unit.path.chmod(0o644)
    except OSError as error:
        raise _not_writable(installation, error) from error
    return units


def uninstall(installation: Installation, *, force: bool = False) -> list[UnitFile]:
    """Delete the units; returns those that were there.

    Raises TinhuyenError before anything is deleted if one is still enabled, or was changed and
    ``force`` is not set, and if the folder cannot be written.
    """
    units = [unit for unit in unit_files(installation) if unit.state is not FileState.ABSENT]
    if enabled := enabled_units(installation):
        raise TinhuyenError(
            f"{', '.join(enabled)} will still be started: run first: "
            f"{installation.systemctl} disable --now {' '.join(enabled)}"
        )
    if not force:
        _refuse_changed(units, "deletes")
    try:
        for unit in units:
            unit.path.unlink()
    except OSError as error:
        raise _not_writable(installation, error) from error
    return units


def enabled_units(installation: Installation) -> list[str]:
    """Return the units that a target starts, by the links that `systemctl enable` makes."""
    links = installation.folder.glob("*.wants/*")
    return sorted({link.name for link in links if link.name in UNITS})


def _refuse_changed(units: Iterable[UnitFile], does: str) -> None:
    changed = [str(unit.path) for unit in units if unit.state is FileState.CHANGED]
    if changed:
        raise TinhuyenError(
            f"{', '.join(changed)}: not as this version writes it, nothing was done: --dry-run "
            f"shows the text, --force {does} it"
        )


def _not_writable(installation: Installation, error: OSError) -> TinhuyenError:
    step = "check its permissions" if installation.is_user else (
        "run it as root, or with --user for the services of your own"
    )  # fmt: skip
    return TinhuyenError(f"{error.filename or installation.folder}: {error.strerror}: {step}")
