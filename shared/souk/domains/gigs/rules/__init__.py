"""The rules of gigs. Pure."""
