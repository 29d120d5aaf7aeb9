"""The account pages: sign-up, login, consent, and account settings. `application` makes them."""
