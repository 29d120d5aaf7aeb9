"""Content that operators take down: what its own domain and the operators' domain have in common."""
