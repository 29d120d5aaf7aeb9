"""What organizations and operators do with webhooks: read, decide by the rules, write in one transaction."""
