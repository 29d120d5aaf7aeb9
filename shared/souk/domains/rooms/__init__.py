"""Message rooms and their stories, as they are stored. Domains whose steps are told in a room write them here."""
