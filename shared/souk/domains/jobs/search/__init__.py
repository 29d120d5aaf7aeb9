"""Finding postings: what the index knows of them, what a filter means, and what a result holds."""
