"""Commands of saved searches: managing them, and recording what matches."""
