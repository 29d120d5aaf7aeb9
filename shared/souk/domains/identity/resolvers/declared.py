"""The identity domain, on which the other modules of this package declare their fields."""

from souk.graph import Domain, Scope

domain = Domain("identity", function="auth")

CALLER = (Scope.COMMON_ENTITIES_READ, Scope.COMMON_FUNCTIONS)
"""The scopes for reading the caller and the organization of the request."""
