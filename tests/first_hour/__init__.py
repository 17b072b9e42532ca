"""The first hour of four kinds of users, from the README alone, with the real commands."""
