"""Souk: a freelance marketplace backend that anyone can run."""

VERSION = "0.1.0"
"""The release, as in `pyproject.toml`, which functions do not have."""
