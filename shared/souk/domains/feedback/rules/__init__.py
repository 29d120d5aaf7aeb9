"""What may be said when, and who gets to know of it. Pure."""
