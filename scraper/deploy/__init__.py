"""Files that run tinhuyen every night: systemd units, and those of a container."""
