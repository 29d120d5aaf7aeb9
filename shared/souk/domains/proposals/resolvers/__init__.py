"""Proposals and invitations in the graph."""

from souk.domains.proposals.resolvers import client, faces, invitations, lists, vendor
from souk.domains.proposals.resolvers.declared import domain

__all__ = ["client", "domain", "faces", "invitations", "lists", "vendor"]
