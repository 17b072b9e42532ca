"""Test doubles of portals, one a platform, served on 127.0.0.1 with text written by us."""
