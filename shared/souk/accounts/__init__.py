"""The account pages: sign-up, login, consent, and account settings."""

from souk.accounts.application import application

__all__ = ["application"]
