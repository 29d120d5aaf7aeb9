"""Offers: a client offers work to a freelancer. An accepted offer becomes a contract."""
