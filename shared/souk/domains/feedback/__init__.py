"""Feedback: the reviews that the two sides of a contract write after its end."""
