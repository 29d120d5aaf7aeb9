"""Commands on custom fields and their answers."""
