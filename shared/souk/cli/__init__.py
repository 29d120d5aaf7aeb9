"""The `souk` command. It is not deployed."""
