"""Who takes money for this deployment: a port, and its adapters."""
