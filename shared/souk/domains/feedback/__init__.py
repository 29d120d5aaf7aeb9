"""What the two sides of a contract say of each other when it has ended."""
