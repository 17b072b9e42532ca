"""The files for deployment, checked by the validators of those who read them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.deploy.units import UNITS, Installation

REPOSITORY = Path(__file__).parents[3]
DEPLOY = REPOSITORY / "scraper" / "deploy"
SERVICES = tuple(unit for unit in UNITS if unit.endswith(".service"))
EXPOSURE = 20
"""The most that systemd's own measure of exposure (0 to 100) may say: 20 is its 2.0, OK."""


def passes(*command: str | Path, **environment: str) -> None:
    """Run a validator, which must have nothing to say."""
    run = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture
def systemd() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_the_units(systemd: str, unit: str, tmp_path: Path) -> None:
    for name in UNITS:  # the program has to exist where it is verified
        text = (DEPLOY / name).read_text().replace("/opt/tinhuyen/bin/tinhuyen", sys.executable)
        (tmp_path / name).write_text(text)
    passes(systemd, "verify", "--man=no", tmp_path / unit)


@pytest.mark.parametrize("unit", SERVICES)
def test_the_services_are_shut_in(systemd: str, unit: str) -> None:
    passes(systemd, "security", "--offline=true", f"--threshold={EXPOSURE}", DEPLOY / unit)


def test_the_services_have_the_same_user_and_are_shut_in_alike() -> None:
    sandboxes = [(DEPLOY / unit).read_text().partition("DynamicUser")[2] for unit in SERVICES]
    boxes = {
        sandbox.partition("[Install]")[0].strip().replace("tinhuyen tinhuyen-backup", "tinhuyen")
        for sandbox in sandboxes
    }
    assert len(boxes) == 1
    assert "User=tinhuyen\n" in boxes.pop()


@pytest.mark.parametrize("unit", SERVICES)
def test_secrets_reach_a_service_as_credentials(unit: str) -> None:
    text = (DEPLOY / unit).read_text()
    assert "LoadCredential=tinhuyen.toml:/etc/tinhuyen/tinhuyen.toml\n" in text
    commands = [line for line in text.splitlines() if line.startswith("Exec")]
    assert all(" --config %d/tinhuyen.toml " in line for line in commands)


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_the_units_of_a_user(systemd: str, unit: str, tmp_path: Path) -> None:
    own = Installation(tmp_path, [sys.executable], True, ["--db", "/tin tức/100%.db"])
    for name in UNITS:
        (tmp_path / name).write_text(own.text(name))
    passes(systemd, "verify", "--user", "--man=no", tmp_path / unit, XDG_RUNTIME_DIR=str(tmp_path))


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("no hadolint for this machine")
    passes(hadolint, DEPLOY / "Dockerfile")


def test_the_compose_file_keeps_to_its_schema() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    passes(sys.executable, "-m", "check_jsonschema", *schema, DEPLOY / "compose.yaml")


def test_the_image_holds_all_that_the_program_is_built_from() -> None:
    """Every path that the Dockerfile copies is let through by its ignore file."""
    let_through = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = [
        name
        for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert copied
    assert [name for name in copied if f"!{name}" not in let_through] == []
    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
