"""Users, organizations, memberships, API keys and invitations."""
