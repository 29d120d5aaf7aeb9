"""Milestones: the parts of work at a fixed price, funded, submitted, approved and paid."""
