"""Finding gigs: what the index knows of them, what a filter means, and a page of what was found."""
