"""Freelancers' profiles."""
