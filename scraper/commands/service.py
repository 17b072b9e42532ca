"""`tinhuyen service`: systemd units for the daemon, the pages and the backup."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import scraper
from scraper.base.errors import UsageError
from scraper.base.messages import say, spoken, word
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.deploy.installing import UnitFile
    from scraper.deploy.units import Installation

HOMES = tuple(Path(each) for each in ("/home", "/root", "/run/user"))
"""Folders that a system service does not see (systemd's ProtectHome)."""


@click.group("service", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """Install tinhuyen as services of systemd, or take them away.

    \b
    Examples:
      tinhuyen service install --user --dry-run
      tinhuyen service uninstall --user
    """


@command.command("install", cls=Verb)
@click.option("--user", is_flag=True, help="For yourself, without root.")
@click.option("--dry-run", is_flag=True, help="Write nothing, show the files.")
@click.option("--force", is_flag=True, help="Overwrite files that were changed.")
@click.pass_obj
def install_command(session: Session, user: bool, dry_run: bool, force: bool) -> None:
    """Write units for the daemon, the pages and a daily backup; start nothing.

    \b
    Examples:
      tinhuyen service install --user
      sudo /opt/tinhuyen/bin/tinhuyen service install
    """
    from scraper.deploy.installing import install, unit_files

    installation = _installation(session, is_user=user)
    units = unit_files(installation) if dry_run else install(installation, force=force)
    text = "\n".join([*_listed(units, with_text=dry_run), "", *_next_steps(installation)])
    session.show(_as_json(units), text)


@command.command("uninstall", cls=Verb)
@click.option("--user", is_flag=True, help="Those for yourself.")
@click.option("--dry-run", is_flag=True, help="Delete nothing, show the files.")
@click.option("--force", is_flag=True, help="Delete files that were changed, too.")
@click.pass_obj
def uninstall_command(session: Session, user: bool, dry_run: bool, force: bool) -> None:
    """Delete the units that `service install` wrote; database and configuration stay.

    \b
    Example:
      tinhuyen service uninstall --user
    """
    from scraper.deploy.installing import FileState, uninstall, unit_files

    installation = _installation(session, is_user=user)
    if dry_run:
        units = [one for one in unit_files(installation) if one.state is not FileState.ABSENT]
    else:
        units = uninstall(installation, force=force)
    done = "{path}: would be deleted" if dry_run else "{path}: deleted"
    lines = [say(done, path=unit.path) for unit in units]
    after = say("next: {systemctl} daemon-reload", systemctl=installation.systemctl)
    nothing = say("no units in {folder}", folder=installation.folder)
    text = "\n".join([*lines, after] if lines else [nothing])
    session.show(_as_json(units), text)


def _as_json(units: list[UnitFile]) -> list[dict[str, str]]:
    return [{"path": str(one.path), "was": one.state.value, "text": one.text} for one in units]


def _listed(units: list[UnitFile], *, with_text: bool) -> list[str]:
    lines = []
    for unit in units:
        lines.append(f"{unit.path} ({word('unit', unit.state.value, spoken())})")
        if with_text:
            lines += ["", *(f"    {line}".rstrip() for line in unit.text.splitlines()), ""]
    return lines


def _next_steps(installation: Installation) -> list[str]:
    from scraper.deploy.units import ENABLED

    systemctl = installation.systemctl
    own = installation.is_user
    file = say("your tinhuyen.toml") if own else "/etc/tinhuyen/tinhuyen.toml"
    timer = "Instead of the daemon, a timer: {systemctl} enable --now tinhuyen-crawl.timer"
    steps = [
        say("Set `contact` in {file}, then run:", file=file),
        f"  {' '.join([systemctl, 'daemon-reload'])}",
        f"  {' '.join([systemctl, 'enable', '--now', *ENABLED])}",
        say(timer, systemctl=systemctl),
    ]
    if installation.is_user:
        steps.append(say("So that they run while you are not logged in: loginctl enable-linger"))
    return steps


def _installation(session: Session, *, is_user: bool) -> Installation:
    from scraper.config.reader_language import configuration_folder
    from scraper.deploy.units import SYSTEM_FOLDER, Installation

    if is_user:
        base = configuration_folder().parent
        return Installation(
            base / "systemd" / "user", _program(), True, _options(session), _environment(),
            Path.home() / ".local" / "share" / "tinhuyen-backup",
        )  # fmt: skip
    if session.db or session.config:
        raise UsageError(
            "system services keep their data in /var/lib/tinhuyen and read /etc/tinhuyen: "
            "leave out --db and --config, or say --user"
        )
    return Installation(SYSTEM_FOLDER, _system_program())


def _system_program() -> list[str]:
    program = _program()
    if any(Path(program[0]).is_relative_to(home) for home in HOMES):
        raise UsageError(
            f"{program[0]} lies where a system service does not see it: install tinhuyen into a "
            "virtual environment in /opt/tinhuyen, or say --user"
        )
    return program


def _program() -> list[str]:
    """Return how this installation is called from any folder."""
    script = Path(sys.executable).with_name("tinhuyen")
    if script.exists():
        return [str(script)]
    return [sys.executable, "-m", scraper.__name__.partition(".")[0]]


def _options(session: Session) -> list[str]:
    """Return the global options that a service of this user needs to find the same files."""
    options = []
    if database := session.db or os.environ.get("TINHUYEN_DB"):
        options += ["--db", str(Path(database).absolute())]
    if session.config:
        options += ["--config", str(session.config.absolute())]
    return options


def _environment() -> dict[str, str]:
    """Return the variables that say where this user's files are."""
    names = ("XDG_CONFIG_HOME", "TINHUYEN_HOME")
    return {name: str(Path(os.environ[name]).absolute()) for name in names if os.environ.get(name)}
