"""Messages: rooms and stories as the API shows and changes them."""
