"""People, organizations and API keys in the graph."""

from souk.domains.identity.resolvers import companies, organizations, people, staff
from souk.domains.identity.resolvers.declared import domain

__all__ = ["companies", "domain", "organizations", "people", "staff"]
