"""Tests of recovery from web archives."""
