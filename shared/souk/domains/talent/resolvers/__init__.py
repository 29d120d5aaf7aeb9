"""Resolvers of freelancers' profiles."""

from souk.domains.talent.resolvers import commands, freelancer, operators, portfolio, queries, specialized, talent
from souk.domains.talent.resolvers.declared import domain

__all__ = ["commands", "domain", "freelancer", "operators", "portfolio", "queries", "specialized", "talent"]
