"""Reviews: everything that waits for an operator, and what was decided."""
