"""Commands on contracts, and custom payments."""
