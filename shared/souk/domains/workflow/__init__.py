"""Workflows: the tasks to do for an offer, a contract or a member of a talent cloud."""
