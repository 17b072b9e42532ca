"""Shared by all packages: clock, errors, locks, atomic files, log lines, URLs, the Source model."""
