"""The operators' search for people and organizations: the indexes, their projections, and queries."""
