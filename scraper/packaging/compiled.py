"""The compiled build: the modules in which extraction spends its time, as C extensions by mypyc.

``TINHUYEN_COMPILED=1 pip install .`` makes it. The modules stay in the package as they are written,
and each has an extension beside it, which Python imports first.
"""

from __future__ import annotations

import os
import shlex
import sysconfig
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

from setuptools import Extension
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.errors import PlatformError

VARIABLE = "TINHUYEN_COMPILED"
"""The environment variable that asks for the compiled build with ``1``."""

COMPILER = "mypy>=2.4,<3"
"""The package that mypyc is part of, which only this build needs."""

KEPT_IN_PYTHON = (
    "__init__", "block_occurrences", "cleaning", "repeated_blocks", "result", "similarity",
    "source_profile", "standing_pages",
)  # fmt: skip
"""Modules of extraction that are not compiled. Objects of their classes are sent to other
processes, which those of compiled classes cannot be, or they read no page."""

SHARED_LIBRARY = "tinhuyen.extraction"
"""The name of the library that the extensions share, up to the ending that mypyc adds."""

OPTIONS = ("--ignore-missing-imports", "--follow-imports=silent", "--no-site-packages")
"""Options of mypy. Which libraries are installed has no effect on what is compiled."""


def is_compiled_build() -> bool:
    """Whether the compiled build is asked for. Raises PlatformError for other values."""
    value = os.environ.get(VARIABLE, "0")
    if value not in ("", "0", "1"):
        raise PlatformError(f"{VARIABLE}={value} is neither 1 (compiled) nor 0 (pure Python)")
    return value == "1"


def compiled_modules(root: Path) -> list[Path]:
    """The modules to compile below ``root``, the folder of ``pipelines``, relative to it."""
    found = [root / "pipelines" / "text.py", *root.glob("pipelines/extraction/**/*.py")]
    return sorted(path.relative_to(root) for path in found if path.stem not in KEPT_IN_PYTHON)


class PlatformWheel(bdist_wheel):  # type: ignore[misc]
    """A wheel for one version of Python on one platform if it has compiled modules."""

    def finalize_options(self) -> None:
        """Have setuptools build extensions, which are known only when the modules are copied."""
        if is_compiled_build():
            require_compiler()
            self.distribution.has_ext_modules = lambda: True
        super().finalize_options()


class BuildExtensions(build_ext):  # type: ignore[misc]
    """Compiles modules of the package as `BuildPackage` has put them together."""

    build_lib: str
    build_temp: str

    def run(self) -> None:
        """Translate the modules to C and compile that."""
        package = Path(self.build_lib).resolve()
        self.distribution.ext_modules = extensions(package, Path(self.build_temp).resolve())
        self.reinitialize_command(self).ensure_finalized()
        super().run()


def extensions(folder: Path, target: Path) -> list[Extension]:
    """Translate the modules of the package in ``folder`` to C in ``target``."""
    from mypyc.build import mypycify

    target.mkdir(parents=True, exist_ok=True)
    package = SHARED_LIBRARY.partition(".")[0]
    modules = [str(package / path) for path in compiled_modules(folder / package)]
    options = [*OPTIONS, "--config-file=", f"--cache-dir={target / 'types'}"]
    with chdir(folder):
        found: list[Any] = mypycify(
            [*options, *modules], opt_level="1", debug_level="0", target_dir=str(target),
            group_name=SHARED_LIBRARY,
        )  # fmt: skip
    return found


def require_compiler() -> None:
    """Raise PlatformError with the next step if mypy or a C compiler is missing."""
    if find_spec("mypyc") is None:
        raise PlatformError(
            f"{VARIABLE}=1 needs mypy, which is not installed: "
            f"leave out --no-build-isolation, or pip install '{COMPILER}' first"
        )
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    for what, is_found in ((command, which(shlex.split(command)[0])), (headers, headers.is_file())):
        if not is_found:
            raise PlatformError(
                f"{VARIABLE}=1 needs a C compiler and the headers of Python; there is no {what}: "
                f"install both (Debian: gcc, python3-dev), or install without {VARIABLE}"
            )
