"""Saved job searches: stored searches of organizations, and the new postings that match them."""
