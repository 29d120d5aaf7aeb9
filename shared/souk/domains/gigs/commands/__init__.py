"""Commands on gigs: editing, publishing and ordering."""
