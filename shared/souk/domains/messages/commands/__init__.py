"""Commands on rooms and stories. Each one reads consistently and writes one transaction."""
