"""Talent clouds: groups of freelancers that a client hires from, with tasks, members and requests to join."""
