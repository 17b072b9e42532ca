"""`python -m scraper` is the command `tinhuyen`, wherever its script is installed."""

from scraper.command_line import main

main()
