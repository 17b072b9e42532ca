"""The console script `tinhuyen`, and `python -m tinhuyen`."""

from __future__ import annotations

from scraper.base.import_path import leave_out_working_directory


def main() -> None:
    """Run the command line."""
    leave_out_working_directory()
    from scraper.command_line import main as run

    run()


if __name__ == "__main__":
    main()
