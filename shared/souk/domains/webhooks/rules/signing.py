"""The secrets of subscriptions, and what is signed with them: Standard Webhooks 1.0, symmetric signatures.

A secret is not stored, not even encrypted. It is made of one secret that the deployment keeps and a salt that lies with
the subscription: who reads the table cannot sign, and who has the one cannot do it without the other.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
_SALT_BYTES: Final = 24


def new_salt() -> str:
    """Return a salt for a new secret."""
    return secrets.token_urlsafe(_SALT_BYTES)


def secret_of(master: bytes, subscription_id: str, salt: str) -> str:
    """Return a subscription's secret, as its owner is shown it: 32 bytes in base64 behind `whsec_`."""
    key = hmac.digest(master, f"webhook {subscription_id} {salt}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(key).decode()


def headers(event_id: str, body: str, now: datetime, signed_with: Iterable[str]) -> dict[str, str]:
    """Return the headers of a delivery, signed with each of the secrets. `event_id` is the same for every try."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(event_id, now, body) for one in signed_with),
    }
