"""The settings at the top of this program: ``settings`` is a name that other projects use too."""

from __future__ import annotations

from pathlib import Path

import settings
from scraper.base.errors import UsageError

__all__ = ["settings"]

PLACE = Path(__file__).parents[2] / "settings.py"

if Path(settings.__file__ or "") != PLACE:
    raise UsageError(
        f"{settings.__file__ or 'a folder settings/'} hides {PLACE}: run `tinhuyen`, which imports "
        "nothing from the working directory, or take its folder out of PYTHONPATH"
    )
