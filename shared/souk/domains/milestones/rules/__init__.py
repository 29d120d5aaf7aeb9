"""What is allowed with milestones. Pure."""
