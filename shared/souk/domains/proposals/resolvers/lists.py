"""Lists of proposals, for both sides."""
