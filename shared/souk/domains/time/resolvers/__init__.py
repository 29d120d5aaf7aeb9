"""Resolvers of worked time."""

from souk.domains.time.resolvers import deadlines, diaries, pictures, reports, sessions, timesheets, tracking
from souk.domains.time.resolvers.declared import domain

__all__ = ["deadlines", "diaries", "domain", "pictures", "reports", "sessions", "timesheets", "tracking"]
