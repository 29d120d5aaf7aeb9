"""What is allowed in identity: pure functions, by what they are about."""
