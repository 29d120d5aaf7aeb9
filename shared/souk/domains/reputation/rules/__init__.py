"""The rules of reputations. Pure."""
