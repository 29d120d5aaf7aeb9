"""What a gig may be and become. Pure."""
