"""Erasing a person: the request, the days to change their mind, and the removal of their personal data."""
