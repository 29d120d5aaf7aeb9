"""Filters of saved searches, and the matcher that compares new postings with them."""
