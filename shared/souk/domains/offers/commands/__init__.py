"""Commands on offers. Each one reads consistently and writes one transaction."""
