"""Milestones: the parts of fixed-price work. They are funded, submitted, approved and paid."""
