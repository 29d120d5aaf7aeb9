"""Offers: work that a client offers on terms which become a contract when they are accepted."""
