"""The secrets of subscriptions and the signatures of deliveries: Standard Webhooks 1.0, symmetric signatures.

A secret is not stored, not even encrypted. It is derived from the deployment's master secret and the subscription's
salt. Signing needs both, so read access to the table is not enough to sign.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from secrets import token_urlsafe
from typing import Final

from standardwebhooks import Webhook

_PREFIX: Final = "whsec_"
_SALT_BYTES: Final = 24


def new_salt() -> str:
    """Return a random salt for a new secret."""
    return token_urlsafe(_SALT_BYTES)


def derive_secret(master: bytes, subscription_id: str, salt: str) -> str:
    """Return a subscription's secret in the form that its owner sees: `whsec_` and 32 bytes in base64."""
    key = hmac.digest(master, f"webhook {subscription_id} {salt}".encode(), hashlib.sha256)
    return _PREFIX + base64.b64encode(key).decode()


def headers(event_id: str, body: str, now: datetime, secrets: Iterable[str]) -> dict[str, str]:
    """Return the headers of a delivery, signed with each of the secrets. `event_id` stays the same for all attempts."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, now, body) for secret in secrets),
    }
