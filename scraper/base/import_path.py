"""Where Python looks for modules: not in the working directory, which belongs to somebody else."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def leave_out_working_directory() -> None:
    """Import nothing from the working directory, neither here nor in child processes.

    It stays if the program itself lies there: then it may be found nowhere else.
    """
    program = os.path.abspath(os.path.join(__file__, "..", "..", ".."))  # noqa: PTH100, PTH118
    with suppress(FileNotFoundError):  # a working directory that was removed holds no module
        folder = os.getcwd()  # noqa: PTH109 (pathlib could be one of the working directory)
        if folder == program:
            return
        if sys.path[:1] == [folder]:
            del sys.path[0]
    os.environ["PYTHONSAFEPATH"] = "1"
