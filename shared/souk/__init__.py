"""Souk: a freelance marketplace backend that anyone can run."""
