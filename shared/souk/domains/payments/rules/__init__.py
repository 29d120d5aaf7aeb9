"""The rules of payment orders. Pure."""
