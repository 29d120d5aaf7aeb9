"""The mutations of the identity domain, with one transaction each."""
