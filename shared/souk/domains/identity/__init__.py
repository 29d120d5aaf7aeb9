"""People and organizations: who they are, who belongs where, and what others may know of them."""
