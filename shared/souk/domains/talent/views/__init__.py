"""Views of profiles: shapes of the contract that are not stored."""
