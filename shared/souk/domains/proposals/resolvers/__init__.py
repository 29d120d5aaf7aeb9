"""Resolvers of proposals and invitations."""

from souk.domains.proposals.resolvers import client, invitations, lists, vendor, views
from souk.domains.proposals.resolvers.declared import domain

__all__ = ["client", "domain", "invitations", "lists", "vendor", "views"]
