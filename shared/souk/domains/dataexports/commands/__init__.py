"""Commands on exports."""
