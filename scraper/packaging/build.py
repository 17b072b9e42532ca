"""The build steps of setuptools that make one package of a checkout.

The folders lie at the top of the checkout, where their names are short; installed under these
names they would be in the way of other programs' ``settings`` and ``pipelines``. A wheel therefore
has all of them in the package `tinhuyen`. An editable install leads to the checkout as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import rmtree

from setuptools import find_namespace_packages
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel
from setuptools.errors import PlatformError

ROOT = Path(__file__).parents[2]

# setuptools loads this file by its path, with nothing of the checkout importable.
sys.path.append(str(ROOT))
try:
    from scraper.packaging.compiled import VARIABLE, is_compiled_build
    from scraper.packaging.imports import FOLDERS, PACKAGE, below_package
finally:
    sys.path.remove(str(ROOT))


class BuildPackage(build_py):  # type: ignore[misc]
    """Puts the folders and the settings into the package, with imports that name it."""

    packages: list[str]

    def finalize_options(self) -> None:
        """Add the folders as subpackages."""
        super().finalize_options()
        if self.editable_mode:
            return
        include = [pattern for folder in FOLDERS for pattern in (folder, f"{folder}.*")]
        found = find_namespace_packages(str(ROOT), include=include, exclude=["scraper.packaging*"])
        self.packages = [*self.packages, *(f"{PACKAGE}.{name}" for name in found)]
        self.package_dir |= {f"{PACKAGE}.{folder}": folder for folder in FOLDERS}

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package; the settings are one of the package at the top."""
        modules: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        if package == PACKAGE:
            modules.append((PACKAGE, "settings", "settings.py"))
        return modules

    def get_source_files(self) -> list[str]:
        """What a source distribution holds: the modules of the build too."""
        own = [str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("*.py")]
        return [*super().get_source_files(), *own]

    def run(self) -> None:
        """Build into an empty folder: what an earlier build left would be packed too."""
        if not self.editable_mode:
            rmtree(self.build_lib, ignore_errors=True)
        super().run()

    def build_module(self, module: str, module_file: str, package: str) -> tuple[str, bool]:
        """Copy a module, and have it import from the package."""
        copied: tuple[str, bool] = super().build_module(module, module_file, package)
        place = Path(copied[0])
        place.write_text(below_package(place.read_text("utf-8"), ROOT), "utf-8")
        return copied


class EditableCheckout(editable_wheel):  # type: ignore[misc]
    """Leads to the package and to the folders that it imports, all in the checkout."""

    def run(self) -> None:
        """Add the folders, by the names that they have there. Raises PlatformError."""
        if is_compiled_build():
            raise PlatformError(
                f"an editable install is not compiled: leave out --editable, or {VARIABLE}"
            )
        self.distribution.packages = [*self.distribution.packages, *FOLDERS]
        self.distribution.py_modules = ["settings"]
        super().run()
