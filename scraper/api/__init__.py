"""Stored articles for Python programs: what `from tinhuyen import open_database` opens."""
