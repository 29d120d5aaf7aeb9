"""Commands on imports."""
