"""People in the browser: signing up, logging in, agreeing to what programs ask for, and looking after an account."""

from souk.accounts.application import application

__all__ = ["application"]
