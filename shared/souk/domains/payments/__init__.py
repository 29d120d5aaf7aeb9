"""Payments by payment providers: orders, checkouts and charges."""
