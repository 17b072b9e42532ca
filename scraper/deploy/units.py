"""The systemd units for this machine or for one user, from the ones that are shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

SYSTEM_FOLDER = Path("/etc/systemd/system")
UNITS = (
    "tinhuyen.service",
    "tinhuyen-browse.service",
    "tinhuyen-backup.service",
    "tinhuyen-backup.timer",
    "tinhuyen-crawl.service",
    "tinhuyen-crawl.timer",
)
ENABLED = ("tinhuyen.service", "tinhuyen-browse.service", "tinhuyen-backup.timer")
"""The units to enable; the timer of the crawl is an alternative to the daemon."""

HEADER = "# Written by `tinhuyen service install`: put changes into `{edit} {unit}`.\n"
PROGRAM = "/opt/tinhuyen/bin/tinhuyen"
SYSTEM_CONFIG = " --config %d/tinhuyen.toml"
SYSTEM_BACKUP = "/var/lib/tinhuyen-backup"

USER_SERVICE = frozenset(
    {
        "Type", "SuccessExitStatus", "ExecStart", "ExecStopPost", "Restart", "RestartSec",
        "RestartPreventExitStatus", "TimeoutStartSec", "TimeoutStopSec", "KillMode", "MemoryMax",
        "TasksMax", "NoNewPrivileges",
    }
)  # fmt: skip
"""What remains of a service in a user's own manager, which has neither other users nor root."""

SYSTEM_ONLY = frozenset({"Wants", "After"})
"""Keys of a unit that name targets which a user's manager does not have."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where units go and what they call: ``program`` and ``options`` are words of a command.

    ``environment`` is that of the services of one user, whose backups go to ``backup``.
    """

    folder: Path
    program: Sequence[str]
    is_user: bool = False
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    backup: Path = Path(SYSTEM_BACKUP)

    @property
    def systemctl(self) -> str:
        """The command that starts and stops these units."""
        return "systemctl --user" if self.is_user else "systemctl"

    def text(self, unit: str) -> str:
        """Return the text of a unit as it is written."""
        shipped = (files("scraper.deploy") / unit).read_text("utf-8")
        head = HEADER.format(edit=f"{self.systemctl} edit", unit=unit)
        lines = [line for line in shipped.splitlines() if not line.startswith("#")]
        lines = self._for_user(lines) if self.is_user else lines
        text = "\n".join(lines).strip() + "\n"
        return head + text.replace(PROGRAM, _command(self.program))

    def _for_user(self, lines: Iterable[str]) -> list[str]:
        section, kept = "", []
        options = "".join(f" {_word(each)}" for each in self.options)
        for line in lines:
            key = line.partition("=")[0]
            if line.startswith("["):
                section = line
                kept += ["", line]
                if section == "[Service]":
                    kept += [f'Environment="{_escaped(f"{name}={value}")}"'
                             for name, value in self.environment.items()]  # fmt: skip
            elif section == "[Service]" and key in USER_SERVICE:
                changed = line.replace(SYSTEM_CONFIG, options)
                kept.append(changed.replace(SYSTEM_BACKUP, _word(str(self.backup))))
            elif section == "[Install]":
                kept.append(line.replace("multi-user.target", "default.target"))
            elif line and section != "[Service]" and key not in SYSTEM_ONLY:
                kept.append(line)
        return kept


def _command(words: Iterable[str]) -> str:
    return " ".join(map(_word, words))


def _word(text: str) -> str:
    """Return a word of a command line as systemd reads it."""
    escaped = _escaped(text).replace("$", "$$")
    return f'"{escaped}"' if set(escaped) & set(" \t'\";") else escaped


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
