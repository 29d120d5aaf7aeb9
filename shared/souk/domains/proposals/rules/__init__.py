"""The rules of proposals and invitations. Pure."""
