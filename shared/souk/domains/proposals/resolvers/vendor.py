"""Proposals as their freelancers see and change them."""
