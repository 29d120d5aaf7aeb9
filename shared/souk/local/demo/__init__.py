"""Demo data: a small marketplace with fixed ids, so that every query returns something. See docs/demo-data.md."""

from souk.local.demo.directory import PASSWORD, Login, create_logins, logins
from souk.local.demo.load import load
from souk.local.demo.people import CLIENT, demo_people

__all__ = ["CLIENT", "PASSWORD", "Login", "create_logins", "demo_people", "load", "logins"]
