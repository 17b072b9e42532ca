"""What ``sources show`` says of the files of a source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scraper.command_line import tinhuyen

ENTRY = '[xa]\nname = "Xã"\nhome_url = "http://xa.localhost/"\n'


@pytest.mark.parametrize("everywhere", [True, False])
@pytest.mark.parametrize("here", [True, False])
def test_both_settings_together_say_whether_files_are_fetched(
    tmp_path: Path, here: bool, everywhere: bool
) -> None:
    (tmp_path / "sources.toml").write_text(f"{ENTRY}photos = {str(here).lower()}\n")
    config = tmp_path / "tinhuyen.toml"
    config.write_text(f"photos = {str(everywhere).lower()}\n")
    options = ["--config", str(config), "--db", str(tmp_path / "t.db")]
    shown = CliRunner().invoke(tinhuyen, [*options, "sources", "show", "xa"])
    assert shown.exit_code == 0, shown.output
    is_fetched = here and everywhere
    assert (
        f"photos are {'fetched' if is_fetched else 'not fetched: photos = false'}" in shown.output
    )
    assert "attachments are fetched" in shown.output
    value = CliRunner().invoke(tinhuyen, [*options, "--json", "sources", "show", "xa"])
    assert json.loads(value.output)["fetched"] == {"photos": is_fetched, "attachments": True}
