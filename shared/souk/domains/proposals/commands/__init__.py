"""What people do with proposals and invitations: read, decide by the rules, write in one transaction."""
