"""Events: their catalog, and the relay from the table to the event bus."""
