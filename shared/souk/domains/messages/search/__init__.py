"""The search for stories: its index, projection and queries."""
