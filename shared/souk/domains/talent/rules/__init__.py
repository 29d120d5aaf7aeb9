"""The rules of profiles. Pure."""
