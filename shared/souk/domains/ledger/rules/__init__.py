"""The rules of the books."""
