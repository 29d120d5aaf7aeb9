"""Resolvers of users, organizations and API keys."""

from souk.domains.identity.resolvers import (
    account,
    api_keys,
    companies,
    freelancers,
    organizations,
    people,
    permissions,
    staff,
)
from souk.domains.identity.resolvers.declared import domain

__all__ = [
    "account",
    "api_keys",
    "companies",
    "domain",
    "freelancers",
    "organizations",
    "people",
    "permissions",
    "staff",
]
