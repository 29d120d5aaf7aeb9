"""Resolvers of freelancers' profiles."""

from souk.domains.talent.resolvers import (
    aggregates,
    commands,
    freelancer,
    operators,
    portfolio,
    queries,
    specialized,
    talent,
)
from souk.domains.talent.resolvers.declared import domain

__all__ = [
    "aggregates",
    "commands",
    "domain",
    "freelancer",
    "operators",
    "portfolio",
    "queries",
    "specialized",
    "talent",
]
