"""Live: sockets, over which people hear of changes at once (docs/live.md)."""
