"""Payment providers: a port and its adapters."""
