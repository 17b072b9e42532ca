"""`python -m scraper` is the command `tinhuyen`, wherever its script is installed."""

from scraper.base.import_path import leave_out_working_directory

leave_out_working_directory()

from scraper.command_line import main  # noqa: E402

main()
