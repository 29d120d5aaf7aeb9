"""Resolvers of worked time."""

from souk.domains.time.resolvers import tracking
from souk.domains.time.resolvers.declared import domain

__all__ = ["domain", "tracking"]
