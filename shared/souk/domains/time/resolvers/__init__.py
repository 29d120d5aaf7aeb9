"""Resolvers of worked time."""

from souk.domains.time.resolvers import deadlines, timesheets
from souk.domains.time.resolvers.declared import domain

__all__ = ["deadlines", "domain", "timesheets"]
