"""Search of job postings: the index, the filters and the results."""
