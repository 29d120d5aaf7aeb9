"""The `souk` command. It is not shipped."""
