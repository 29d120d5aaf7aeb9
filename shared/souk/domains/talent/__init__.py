"""Freelancers on the market: what they say of themselves, and what the marketplace says of them."""
