"""Resolvers of users, organizations and API keys."""

from souk.domains.identity.resolvers import (
    account,
    api_keys,
    companies,
    organizations,
    people,
    permissions,
    sessions,
    staff,
)
from souk.domains.identity.resolvers.declared import domain

__all__ = [
    "account",
    "api_keys",
    "companies",
    "domain",
    "organizations",
    "people",
    "permissions",
    "sessions",
    "staff",
]
