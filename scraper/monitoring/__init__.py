"""Every night, unattended: when a run is due, what came of it, and who is told."""
