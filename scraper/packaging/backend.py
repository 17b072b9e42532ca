"""The build backend: that of setuptools, which needs mypy as well for a compiled wheel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (  # what a frontend calls
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

from scraper.packaging.compiled import COMPILER, is_compiled_build

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def get_requires_for_build_wheel(settings: Mapping[str, Any] | None = None) -> list[str]:
    """Return the packages that the build of a wheel needs."""
    requirements: list[str] = build_meta.get_requires_for_build_wheel(settings)
    return [*requirements, COMPILER] if is_compiled_build() else requirements
