"""Measures crawls of five whole sites of real local portals, if they lie beside the project."""
