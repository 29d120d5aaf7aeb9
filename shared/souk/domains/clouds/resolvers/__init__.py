"""Resolvers of talent clouds."""

from souk.domains.clouds.resolvers import clouds, commands, members, tasks
from souk.domains.clouds.resolvers.declared import domain

__all__ = ["clouds", "commands", "domain", "members", "tasks"]
