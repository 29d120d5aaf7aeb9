"""Commands on proposals and invitations. Each writes its changes and events in one transaction."""
