"""Invitations to apply."""
