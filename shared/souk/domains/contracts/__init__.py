"""Contracts between clients and freelancers: their terms, and how they are paused, changed and ended."""
