"""The rules of webhooks, as pure functions."""
