"""Exports: a copy of a person's data for them, and of the marketplace's data for operators."""
