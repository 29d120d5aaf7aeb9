"""The rules of activities. Pure."""
