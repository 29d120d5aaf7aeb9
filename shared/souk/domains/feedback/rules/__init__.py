"""The rules of feedback. Pure."""
