"""Webhooks: send events to the organizations that subscribe to them."""
