"""People, organizations and API keys in the graph."""

from souk.domains.identity.resolvers import organizations
from souk.domains.identity.resolvers.declared import domain

__all__ = ["domain", "organizations"]
