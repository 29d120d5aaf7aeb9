"""The front page, and what programs ask a site for."""
