"""Brand and settings of the marketplace, which operators change while it runs."""
