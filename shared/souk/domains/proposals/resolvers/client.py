"""Proposals as clients see and answer them."""
