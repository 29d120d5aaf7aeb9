"""The rules of milestones. Pure."""
