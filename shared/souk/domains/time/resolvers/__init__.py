"""Resolvers of worked time."""

from souk.domains.time.resolvers import diaries, pictures, reports, sessions, tracking
from souk.domains.time.resolvers.declared import domain

__all__ = ["diaries", "domain", "pictures", "reports", "sessions", "tracking"]
