"""The commands, one file each; arguments.py, output.py and session.py are what they share."""
