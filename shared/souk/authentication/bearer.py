"""Bearer token authentication: one consistent read of the token, its grant, its key, the membership and the standings.

The read is done on every request and not cached, so revocation and suspension take effect at once. Where the
market time can be moved, the same read tells how far it has been. It also tells, once a minute, what the terms of the
marketplace are (`souk.authentication.terms`). An open socket keeps its credential, and the caller
is proved again before anything is sent.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from souk.authentication import terms
from souk.authentication.principal import Principal
from souk.authentication.records import (
    API_KEYS,
    GRANTS,
    LOGOUTS,
    MEMBERSHIPS,
    SESSIONS,
    TOKENS,
    AccessToken,
    ApiKey,
    Grant,
    Membership,
    api_key_key,
    grant_key,
    logout_key,
    membership_key,
    session_key,
    token_key,
)
from souk.authentication.scopes import Scope
from souk.authentication.standing import (
    account_suspended,
    company_key,
    company_of,
    organization_suspended,
    person_key,
    remember_company,
    standing_at,
)
from souk.authentication.tokens import digest, parse_token, session_of
from souk.storage import Key, Table, market_time
from souk.values.errors import Forbidden, InvalidToken, SoukError, Unauthorized

TENANT_HEADER = "x-upwork-api-tenantid"
"""The header with the organization of a request, in lower case."""
_ORGANIZATION_ID = re.compile(r"[0-9]{1,20}")
_SHOWN = 32  # characters of a malformed header


class Credential(NamedTuple):
    """An access token's hash, the ids in the token, and the organization that it is used for."""

    token_hash: str
    key_id: str
    grant_id: str
    user_id: str
    organization_id: str
    company_id: str = ""
    """Its company; "" in credentials of an earlier release."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the records that prove it: token, API key, grant, membership, and both standings.

        For a token of the API explorer also the session that it ends with, and the last logout everywhere.
        """
        session_hash = session_of(self.grant_id)
        return (
            token_key(self.token_hash),
            api_key_key(self.key_id),
            grant_key(self.grant_id),
            membership_key(self.user_id, self.organization_id),
            person_key(self.user_id),
            company_key(self.company_id or self.organization_id),
            *((session_key(session_hash), logout_key(self.user_id)) if session_hash else ()),
        )


Items = Mapping[Key, Mapping[str, Any]]
"""What `Table.batch_get` returns."""


def authenticate(table: Table, headers: Mapping[str, str], now: datetime, parameter: str | None = None) -> Principal:
    """Return the caller. Names in `headers` are lower case; `parameter` is the URL's `access_token` parameter.

    Raises Unauthorized if the token is not valid, and Forbidden if its owner is not a member of the organization that
    the request names.
    """
    return identify(table, headers, now, parameter)[0]


def identify(
    table: Table, headers: Mapping[str, str], now: datetime, parameter: str | None = None
) -> tuple[Principal, Credential]:
    """Return the caller as `authenticate` does, and the credential, with which `prove` identifies them again."""
    token = _bearer(headers.get("authorization", ""), parameter)
    parts = parse_token(token)
    tenant = headers.get(TENANT_HEADER, "").strip()
    well_formed = _ORGANIZATION_ID.fullmatch(tenant) is not None
    organization_id = tenant if well_formed else parts.organization_id
    company_id = company_of(organization_id)
    credential = Credential(digest(token), parts.key_id, parts.grant_id, parts.user_id, organization_id, company_id)
    of_terms = terms.keys(table, parts.user_id)
    items = table.batch_get((*credential.keys, *market_time.keys(table.clock), *of_terms), consistent=True)
    market_time.follow(table.clock, items)
    terms_overdue = terms.overdue(table, parts.user_id, items, of_terms)
    proof = _valid_token(credential, items, now)
    if tenant and not well_formed:
        raise Forbidden(
            f"The header X-Upwork-API-TenantId must be the id of an organization; {tenant[:_SHOWN]!r} is not one."
        )
    membership = _membership(credential, items)
    if membership.company_id != company_id:  # a team that this process meets for the first time
        credential = credential._replace(company_id=membership.company_id)
        items = {**items, **table.batch_get([company_key(membership.company_id)], consistent=True)}
        remember_company(organization_id, membership.company_id)
    principal = _principal(credential, items, proof)
    return replace(principal, terms_overdue=terms_overdue and not principal.service), credential


def prove(credential: Credential, items: Items, now: datetime) -> Principal:
    """Return the owner of a credential, as its records are now. `items` were read at its `keys`.

    Raises Unauthorized and Forbidden as `authenticate` does.
    """
    return _principal(credential, items, _valid_token(credential, items, now))


_Proof = tuple[AccessToken, ApiKey, Grant]


def _valid_token(credential: Credential, items: Items, now: datetime) -> _Proof:
    """Return a token with its API key and its grant. Raises InvalidToken if it has ended, or its owner is suspended."""
    token_item, key_item, grant_item, *_ = (items.get(key) for key in credential.keys)
    if token_item is None or key_item is None or grant_item is None:
        raise InvalidToken("This access token is not valid.")
    access, key, grant = TOKENS.decode(token_item), API_KEYS.decode(key_item), GRANTS.decode(grant_item)
    if access.expires <= now.timestamp():
        raise InvalidToken("This access token has expired.")
    if not key.active or grant.revoked or access.generation != key.generation:
        raise _revoked()
    _require_standing(person_key(credential.user_id), items, grant, account_suspended)
    if (session_hash := session_of(grant.id)) and not _session_is_live(credential, session_hash, items, now):
        raise InvalidToken("This access token has ended with the session that it was made in.")
    return access, key, grant


def _session_is_live(credential: Credential, session_hash: str, items: Items, now: datetime) -> bool:
    """Return whether the session that a token of the API explorer ends with is in force."""
    stored, ended = items.get(session_key(session_hash)), items.get(logout_key(credential.user_id))
    session = SESSIONS.decode(stored) if stored else None
    if session is None or session.user_id != credential.user_id:
        return False
    standing = standing_at(person_key(credential.user_id), items)
    return session.is_live(LOGOUTS.decode(ended) if ended else None, standing, now)


def _require_standing(at: Key, items: Items, grant: Grant, suspended: Callable[[], SoukError]) -> None:
    """Raise `suspended` if a person or a company is suspended, or InvalidToken if a suspension ended the grant."""
    standing = standing_at(at, items)
    if standing and standing.suspended:
        raise suspended()
    if standing and standing.ends(grant.created):
        raise _revoked()


def _revoked() -> InvalidToken:
    return InvalidToken("This access token has been revoked.")


def _membership(credential: Credential, items: Items) -> Membership:
    """Return the membership in the organization of a request. Raises Forbidden for others."""
    item = items.get(membership_key(credential.user_id, credential.organization_id))
    membership = MEMBERSHIPS.decode(item) if item else None
    if membership is None or not membership.active:
        raise Forbidden("You are not a member of the organization that this request is made for.")
    return membership


def _principal(credential: Credential, items: Items, proof: _Proof) -> Principal:
    access, key, grant = proof
    membership = _membership(credential, items)
    _require_standing(company_key(membership.company_id), items, grant, organization_suspended)
    return Principal(
        user_id=access.user_id,
        key_id=access.key_id,
        organization_id=membership.organization_id,
        company_id=membership.company_id,
        role=membership.role,
        scopes=_scopes(access, membership),
        operator=membership.operator,
        permissions=frozenset(membership.permissions),
        service=access.user_id == key.service_account_id,
    )


def _scopes(access: AccessToken, membership: Membership) -> frozenset[str]:
    """Return the scopes that count for a request.

    The scope of operators counts only with an active membership with the operator flag. This is the one check of all
    fields that only operators may use.
    """
    scopes = frozenset(access.scopes)
    return scopes if membership.operator else scopes - {Scope.OPERATOR}


def _bearer(header: str, parameter: str | None) -> str:
    """Return the token of the Authorization header or the URL (RFC 6750, section 2). The scheme ignores case."""
    if parameter and not header:
        return parameter.strip()
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token or parameter:
        raise Unauthorized("Send one access token: `Authorization: Bearer oauth2v2_...`.")
    return token.strip()
