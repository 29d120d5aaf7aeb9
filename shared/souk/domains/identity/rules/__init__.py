"""The rules of the identity domain: pure functions, in modules by subject."""
