"""Proposals to job postings, and invitations to apply."""
