"""The rules of worked time. Pure."""
