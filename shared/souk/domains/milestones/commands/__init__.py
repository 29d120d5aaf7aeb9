"""What is done with milestones: read as they are now, decide by the rules, write in one transaction."""
