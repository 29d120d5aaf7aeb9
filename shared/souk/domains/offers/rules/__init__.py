"""The rules of offers. Pure."""
