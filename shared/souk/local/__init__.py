"""The one-command run: all of Souk on a laptop. Not shipped to AWS."""
