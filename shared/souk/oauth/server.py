"""The authorization server as the web side uses it: one method for each endpoint."""

import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    AuthorizationServer,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
)

from souk.authentication.issuing import RefreshTokens, issue, make_grant
from souk.authentication.records import API_KEYS, CODES, GRANTS, MEMBERSHIPS, AuthorizationCode
from souk.authentication.tokens import digest
from souk.oauth.answers import answer, refusal, tokens
from souk.oauth.authorization import Pending, Refused
from souk.oauth.clients import Client, credentials
from souk.oauth.codes import CodeGrant, CodeProof
from souk.oauth.endpoints import Introspection, Revocation
from souk.oauth.grants import ServiceGrant, TokenInAddress
from souk.oauth.metadata import describe
from souk.oauth.redirects import send_back
from souk.oauth.renewals import RefreshGrant, Renewable
from souk.oauth.requests import STATE, WHAT, WHERE, WITH_SECRET, WITHOUT_SECRET, ProtocolRequest, parameters, posted
from souk.oauth.scopes import chosen
from souk.storage import Table
from souk.values.errors import Conflict, Forbidden
from souk.web import Request, Response, json

CODE_LIFETIME = timedelta(minutes=5)
"""How long an authorization code is good for. RFC 6749 recommends 10 minutes at most."""
_CODE_BYTES = 32


class OAuth(AuthorizationServer):
    """The endpoints of RFC 6749 (authorization, token), 7009 (revocation), 7662 (introspection) and 8414 (metadata)."""

    def __init__(
        self,
        table: Table,
        refreshing: RefreshTokens,
        *,
        implicit: bool = False,
    ) -> None:
        """`implicit` is whether the operator allows the implicit grant; a key has to have it as well."""
        super().__init__()
        self.table = table
        self.refreshing = refreshing
        self.now = table.clock.real
        self._implicit = implicit
        self._response_types = {"code", "token"} if implicit else {"code"}
        self.register_grant(CodeGrant, [CodeProof()])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceGrant)
        self.register_grant(TokenInAddress)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    # The endpoints.

    def examine(self, request: Request) -> Pending | Refused | Response:
        """Read the authorization request in the query of an address, whatever the method (see `authorization`).

        It writes nothing. `redirect_url` is taken for `redirect_uri`, as the reference documents both.
        """
        try:
            where = parameters(request.queries, WHERE)
            redirect_uri = self._destination(ProtocolRequest(request, where))
        except OAuth2Error as error:
            return Refused(error.get_error_description())
        state, in_fragment = None, False
        try:
            state = parameters(request.queries, STATE).get("state")
            what = parameters(request.queries, WHAT)
            in_fragment = self._implicit and what.get("response_type") == "token"
            return self._pending(ProtocolRequest(request, where | what), state, request.base_url)
        except OAuth2Error as error:
            return _send_error(error, redirect_uri, state, request.base_url, fragment=in_fragment)

    def grant(self, pending: Pending, user_id: str, organization_id: str) -> Response:
        """Answer a request with yes: send the browser to the program with a code or, for implicit, a token.

        `organization_id` is that of the program's requests that name none. Raises Forbidden where the person is no
        active member of it. Who the person is, and that it was they who agreed, is for the caller to have proven.
        """
        if not self._member(user_id, organization_id):
            raise Forbidden("You are no member of this organization.")
        now, tx = self.now(), self.table.transaction()
        if pending.in_fragment:
            agreed = make_grant(pending.key, user_id, organization_id, now, pending.scopes)
            given = tokens(issue(tx, agreed, now))
        else:
            code = secrets.token_urlsafe(_CODE_BYTES)
            record = AuthorizationCode(
                hash=digest(code),
                key_id=pending.key.id,
                user_id=user_id,
                organization_id=organization_id,
                scopes=pending.scopes,
                generation=pending.key.generation,
                redirect_uri=pending.redirect_uri,
                redirect_uri_given=pending.redirect_uri_given,
                challenge=pending.challenge,
                expires=int((now + CODE_LIFETIME).timestamp()),
            )
            tx.create(CODES, record)
            given = {"code": code}
        tx.commit()
        given |= {"state": pending.state, "iss": pending.issuer}
        return send_back(pending.redirect_uri, given, fragment=pending.in_fragment)

    def deny(self, pending: Pending) -> Response:
        """Answer a request with no: send the browser to the program with `access_denied`."""
        denied = AccessDeniedError()
        return _send_error(denied, pending.redirect_uri, pending.state, pending.issuer, fragment=pending.in_fragment)

    def token(self, request: Request) -> Response:
        """Answer POST to the token endpoint (RFC 6749, section 3.2)."""

        def respond(asked: ProtocolRequest) -> Any:
            if asked.payload.grant_type is None:
                raise InvalidRequestError("Send the grant_type.")
            return self.create_token_response(asked)

        return self._respond(request, respond)

    def revoke(self, request: Request) -> Response:
        """Answer POST to the revocation endpoint (RFC 7009)."""
        return self._respond(request, partial(self._at, Revocation.ENDPOINT_NAME))

    def introspect(self, request: Request) -> Response:
        """Answer POST to the introspection endpoint (RFC 7662)."""
        return self._respond(request, partial(self._at, Introspection.ENDPOINT_NAME))

    def metadata(self, request: Request) -> Response:
        """Answer GET of what this server can do (RFC 8414)."""
        return json(describe(request.base_url, implicit=self._implicit), cors=True)

    # What the grants and endpoints ask.

    def renewable(self, refresh_token: str) -> Renewable | None:
        """Return a refresh token that was made here, with its grant."""
        parts = self.refreshing.read(refresh_token)
        grant = self.table.get(GRANTS, parts.grant_id, consistent=True) if parts else None
        return Renewable(parts, grant) if parts and grant else None

    def require_member(self, user_id: str, organization_id: str) -> None:
        """Raise InvalidGrantError where somebody is no longer a member of the organization that they agreed for."""
        if not self._member(user_id, organization_id):
            raise InvalidGrantError("The person is no longer a member of the organization.")

    # What Authlib asks.

    def query_client(self, client_id: str) -> Client | None:  # type: ignore[override] # None: there is none
        """Return a client that may use this server at all."""
        key = self.table.get(API_KEYS, client_id, consistent=True)
        return Client(key) if key and key.active else None

    def authenticate_client(
        self,
        request: OAuth2Request,
        methods: Collection[str],  # noqa: ARG002 - all are taken everywhere
        endpoint: str = "token",  # noqa: ARG002
    ) -> Client:
        """Return who sent a request. Raises InvalidClientError for who cannot prove it."""
        given = credentials(request.headers, request.form)
        client = self.query_client(given.client_id)
        if client is None or not client.proves(given.secret, self.now()):
            raise InvalidClientError("There is no such client, its key is not active, or the client_secret is wrong.")
        request.auth_method = WITHOUT_SECRET if given.secret is None else WITH_SECRET
        return client

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        """Return a request as Authlib reads it, which it is already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:  # noqa: ARG002 - ours are others
        """Return an answer of a grant or endpoint."""
        return answer(body, status)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Response:  # noqa: ARG002
        """Return an error of a grant or endpoint."""
        return refusal(error)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: there is no plug to this server."""

    def _at(self, endpoint: str, asked: ProtocolRequest) -> Any:
        return self.create_endpoint_response(endpoint, asked)  # type: ignore[no-untyped-call]

    def _respond(self, request: Request, respond: Callable[[ProtocolRequest], Any]) -> Response:
        try:
            response: Response = respond(posted(request))
        except OAuth2Error as error:
            return refusal(error)
        except Conflict as busy:  # others redeem or renew the same thing, again and again
            return answer({"error": "temporarily_unavailable", "error_description": busy.message}, 503)
        return response

    def _destination(self, asked: ProtocolRequest) -> str:
        """Return where the answer to an authorization request goes. Raises OAuth2Error where that is not certain."""
        if asked.payload.client_id is None:
            raise InvalidRequestError("The request has no client_id.")
        client = self.query_client(asked.payload.client_id)
        if client is None:
            raise InvalidClientError("No active API key has this client_id.")
        redirect_uri = asked.payload.redirect_uri
        if redirect_uri is None:
            redirect_uri = client.get_default_redirect_uri()
            if not redirect_uri:
                raise InvalidRequestError("The request has no redirect_uri, and the API key does not have just one.")
        elif not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("The redirect_uri is none of those that the API key has.")
        return redirect_uri

    def _pending(self, asked: ProtocolRequest, state: str | None, issuer: str) -> Pending:
        response_type = asked.payload.response_type
        if response_type is None:
            raise InvalidRequestError("Send the response_type.")
        if response_type not in self._response_types:
            raise OAuth2Error("This response_type is not supported.", error="unsupported_response_type")
        checked = self.get_consent_grant(asked)  # type: ignore[no-untyped-call]
        key = asked.key
        return Pending(
            key=key,
            redirect_uri=checked.redirect_uri,
            redirect_uri_given=asked.payload.redirect_uri is not None,
            in_fragment=response_type == "token",
            scopes=chosen(asked.payload.scope, key.scopes) or (),
            state=state,
            challenge=asked.payload.data.get("code_challenge"),
            issuer=issuer,
        )

    def _member(self, user_id: str, organization_id: str) -> bool:
        membership = self.table.get(MEMBERSHIPS, user_id, organization_id, consistent=True)
        return membership is not None and membership.active


def _send_error(error: OAuth2Error, redirect_uri: str, state: str | None, issuer: str, *, fragment: bool) -> Response:
    """Tell a program through the browser (RFC 6749, sections 4.1.2.1 and 4.2.2.1)."""
    told = {"error": error.error, "error_description": error.get_error_description() or None}
    return send_back(redirect_uri, told | {"state": state, "iss": issuer}, fragment=fragment)
