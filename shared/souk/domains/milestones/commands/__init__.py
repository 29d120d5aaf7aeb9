"""Commands on milestones. Each one reads consistently and writes one transaction."""
