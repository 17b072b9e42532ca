"""Another user, to whom the modes of files apply even if the tests run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NOBODY = 65534
RIGHTS = "-dac_override,-dac_read_search,-fowner"
STRANGER = ("setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}")
"""Runs a command as a user to whom the modes of files apply, root as well."""


def give_away(folder: Path, database: str) -> None:
    """Make a folder and its files another user's, and let nobody write to the database.

    Skips the test if that cannot be done.
    """
    can_drop = shutil.which("setpriv") and subprocess.run([*STRANGER, "true"], check=False)
    if os.geteuid() != 0 or not can_drop or can_drop.returncode:
        pytest.skip("only root, with setpriv, may give files away and run as a stranger to them")
    for path in (folder, *folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    (folder / database).chmod(0o444)
    folder.chmod(0o555)
