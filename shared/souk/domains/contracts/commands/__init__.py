"""Changing contracts, and payments beside their milestones."""
