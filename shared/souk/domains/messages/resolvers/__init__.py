"""Resolvers of rooms and stories."""

from souk.domains.messages.resolvers import commands, queries, reported, rooms, stories
from souk.domains.messages.resolvers.declared import domain

__all__ = ["commands", "domain", "queries", "reported", "rooms", "stories"]
