"""The entry points of the functions: one module for each kind of handler, and the compiled manifest."""
