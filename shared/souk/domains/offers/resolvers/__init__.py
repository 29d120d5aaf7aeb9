"""Offers in the graph."""

from souk.domains.offers.resolvers import commands
from souk.domains.offers.resolvers.declared import domain

__all__ = ["commands", "domain"]
