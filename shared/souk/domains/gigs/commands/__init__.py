"""What is done with gigs: drafts, packages, publishing, and orders."""
