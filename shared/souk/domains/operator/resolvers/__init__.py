"""The resolvers of the domain of operators."""

from souk.domains.operator.resolvers import content, overview, people, reviews
from souk.domains.operator.resolvers.declared import domain

__all__ = ["content", "domain", "overview", "people", "reviews"]
