"""Webhooks: what happened is sent to those who subscribed."""
