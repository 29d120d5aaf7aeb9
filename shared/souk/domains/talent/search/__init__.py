"""The search for freelancers: its index, projection and queries."""
