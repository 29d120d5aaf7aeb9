"""What is allowed: the states of a posting, what it must hold, who may see it, and how a request changes it. Pure."""
