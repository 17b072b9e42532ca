"""Test doubles of portals, one per platform, served on 127.0.0.1 with invented text."""
