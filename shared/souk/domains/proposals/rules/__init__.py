"""What is allowed with proposals and invitations. Pure."""
