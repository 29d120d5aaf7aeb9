"""What is allowed with offers. Pure."""
