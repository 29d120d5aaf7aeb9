"""Commands of reputations: computing scores."""
