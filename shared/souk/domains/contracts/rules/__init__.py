"""What is allowed with contracts. Pure."""
