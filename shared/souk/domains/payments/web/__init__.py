"""Payments over plain HTTP: the page of a checkout, and what Stripe tells."""

from souk.domains.payments.web.application import application

__all__ = ["application"]
