"""The HTTP routes of payments: the checkout page and Stripe's webhook."""

from souk.domains.payments.web.application import application

__all__ = ["application"]
