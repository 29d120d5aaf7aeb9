"""The rules of postings: states, requirements, visibility and changes. Pure."""
