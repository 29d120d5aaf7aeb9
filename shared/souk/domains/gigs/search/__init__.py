"""The search for gigs: its index, projection and queries."""
