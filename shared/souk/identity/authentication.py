"""Proving who calls: one consistent read of the token, its key and the membership, on every request.

Nothing is kept between requests, so what is revoked is refused at once.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from souk.errors import Forbidden, Unauthorized
from souk.identity.principal import Principal
from souk.identity.records import API_KEYS, MEMBERSHIPS, TOKENS, api_key_key, membership_key, token_key
from souk.identity.tokens import digest, parts_of
from souk.storage import Table

TENANT_HEADER = "x-upwork-api-tenantid"
"""Names the organization that a request is made for; lower case, as headers arrive here."""
_ORGANIZATION_ID = re.compile(r"[0-9]{1,20}")
_SHOWN = 32  # characters of a malformed header


def authenticate(table: Table, headers: Mapping[str, str], now: datetime) -> Principal:
    """Return who calls. `headers` have lower-case names.

    Raises Unauthorized when the token proves nothing, and Forbidden when its owner is no member of the organization
    that the request names.
    """
    token = _bearer(headers.get("authorization", ""))
    parts = parts_of(token)
    tenant = headers.get(TENANT_HEADER, "").strip()
    well_formed = _ORGANIZATION_ID.fullmatch(tenant) is not None
    wanted = (
        token_key(digest(token)),
        api_key_key(parts.key_id),
        membership_key(parts.user_id, tenant if well_formed else parts.organization_id),
    )
    items = table.batch_get(wanted, consistent=True)
    token_item, key_item, membership_item = (items.get(key) for key in wanted)
    if token_item is None or key_item is None:
        raise Unauthorized("This access token is not valid.")
    access, key = TOKENS.decode(token_item), API_KEYS.decode(key_item)
    if access.expires <= now.timestamp():
        raise Unauthorized("This access token has expired.")
    if not key.active or access.generation != key.generation:
        raise Unauthorized("This access token has been revoked.")
    if tenant and not well_formed:
        raise Forbidden(
            f"The header X-Upwork-API-TenantId holds the id of an organization; {tenant[:_SHOWN]!r} is none."
        )
    membership = MEMBERSHIPS.decode(membership_item) if membership_item else None
    if membership is None or not membership.active:
        raise Forbidden("You are no member of the organization that this request is made for.")
    return Principal(
        user_id=access.user_id,
        key_id=access.key_id,
        organization_id=membership.organization_id,
        company_id=membership.company_id,
        role=membership.role,
        scopes=frozenset(access.scopes),
        operator=membership.operator,
    )


def _bearer(header: str) -> str:
    """Return the token of an Authorization header (RFC 6750, section 2.1); the scheme's case does not matter."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Send an access token: `Authorization: Bearer oauth2v2_...`.")
    return token.strip()
