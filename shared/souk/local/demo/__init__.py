"""Demo data: a small market with fixed ids, so that every query has something to answer. See docs/demo-data.md."""

from souk.local.demo.load import load
from souk.local.demo.people import CLIENT, KEY_ID

__all__ = ["CLIENT", "KEY_ID", "load"]
