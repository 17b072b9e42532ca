"""Measures crawls of five copies of real local portals, if they are next to the repository."""
