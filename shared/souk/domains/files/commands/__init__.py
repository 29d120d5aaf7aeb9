"""The mutations of the files domain, and the processing of pictures."""
