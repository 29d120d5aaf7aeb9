"""The resolvers of offers."""

from souk.domains.offers.resolvers import commands, lists, queries
from souk.domains.offers.resolvers.declared import domain

__all__ = ["commands", "domain", "lists", "queries"]
