"""Ordering payments from a provider, and settling them."""
