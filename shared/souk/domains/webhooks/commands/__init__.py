"""The operations on webhooks. Each reads, decides by the rules, and writes in one transaction."""
