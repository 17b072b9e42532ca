"""The daemon: when a run is due, and the process that does it."""
