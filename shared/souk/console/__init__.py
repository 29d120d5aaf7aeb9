"""Pages for people: the front page, the account, the developer portal and the console of operators."""
