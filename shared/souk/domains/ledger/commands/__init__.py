"""What operators change in the books."""
