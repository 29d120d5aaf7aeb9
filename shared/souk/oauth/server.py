"""The authorization server, with one method for each endpoint."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidClientError,
    InvalidRequestError,
)

from souk.authentication.issuance import RefreshTokens, issue, make_grant
from souk.authentication.records import CODE_LIFETIME, CODES, AuthorizationCode
from souk.authentication.tokens import digest
from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from souk.oauth.base import BaseServer
from souk.oauth.endpoints import Introspection, Revocation
from souk.oauth.grants.authorization_code import CodeGrant, Pkce
from souk.oauth.grants.client_credentials import ServiceAccountGrant
from souk.oauth.grants.implicit import ImplicitTokenGrant
from souk.oauth.grants.refresh_token import RefreshGrant
from souk.oauth.metadata import AUTHORIZE, server_metadata
from souk.oauth.redirects import redirect_to_client
from souk.oauth.requests import (
    REQUEST_PARAMETERS,
    STATE_PARAMETER,
    TARGET_PARAMETERS,
    ProtocolRequest,
    parameters,
    read_form,
)
from souk.oauth.responses import error_response, json_response, tokens
from souk.oauth.scopes import select
from souk.storage import Table
from souk.values.errors import Conflict, Forbidden
from souk.web import Request, Response, json

_CODE_BYTES = 32


class OAuth(BaseServer):
    """The endpoints of RFC 6749 (authorization, token), 7009 (revocation), 7662 (introspection) and 8414 (metadata)."""

    def __init__(
        self,
        table: Table,
        refresh_tokens: RefreshTokens,
        *,
        implicit: bool = False,
    ) -> None:
        """`implicit` is whether the operator allows the implicit grant. The API key must have it as well."""
        super().__init__(table, refresh_tokens)
        self._implicit = implicit
        self._response_types = {"code", "token"} if implicit else {"code"}
        self.register_grant(CodeGrant, [Pkce()])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceAccountGrant)
        self.register_grant(ImplicitTokenGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    # Endpoints

    def read_authorization_request(self, request: Request) -> AuthorizationRequest | RejectedRequest | Response:
        """Read an authorization request from a URL's query, for any HTTP method (see `authorization`).

        Writes nothing. `redirect_url` is an alias of `redirect_uri`: the reference documents both.
        """
        try:
            target = parameters(request.queries, TARGET_PARAMETERS)
            redirect_uri = self._redirect_uri(ProtocolRequest(request, target))
        except OAuth2Error as error:
            return RejectedRequest(error.get_error_description())
        state, in_fragment, issuer = None, False, _issuer(request)
        try:
            state = parameters(request.queries, STATE_PARAMETER).get("state")
            rest = parameters(request.queries, REQUEST_PARAMETERS)
            in_fragment = self._implicit and rest.get("response_type") == "token"
            return self._authorization_request(ProtocolRequest(request, target | rest), state, issuer)
        except OAuth2Error as error:
            return _send_error(error, redirect_uri, state, issuer, fragment=in_fragment)

    def grant(self, authorization: AuthorizationRequest, user_id: str, organization_id: str) -> Response:
        """Grant a request: redirect the browser to the client with a code or, for the implicit grant, a token.

        `organization_id` is the organization of API requests that name none. Raises Forbidden if the person is not an
        active member of it, or one of those concerned is suspended. The caller must have authenticated the person and
        obtained their consent.
        """
        if not self.may_act(authorization.key, user_id, organization_id):
            raise Forbidden("You are not a member of this organization, or it or the program is suspended.")
        now, tx = self.now(), self.table.transaction()
        if authorization.in_fragment:
            grant = make_grant(authorization.key, user_id, organization_id, now, authorization.scopes)
            response = tokens(issue(tx, grant, now))
        else:
            code = secrets.token_urlsafe(_CODE_BYTES)
            record = AuthorizationCode(
                hash=digest(code),
                key_id=authorization.key.id,
                user_id=user_id,
                organization_id=organization_id,
                scopes=authorization.scopes,
                generation=authorization.key.generation,
                redirect_uri=authorization.redirect_uri,
                redirect_uri_given=authorization.redirect_uri_given,
                challenge=authorization.challenge,
                expires=int((now + CODE_LIFETIME).timestamp()),
            )
            tx.create(CODES, record)
            response = {"code": code}
        tx.commit()
        response |= {"state": authorization.state, "iss": authorization.issuer}
        return redirect_to_client(authorization.redirect_uri, response, fragment=authorization.in_fragment)

    def deny(self, authorization: AuthorizationRequest) -> Response:
        """Deny a request: redirect the browser to the client with `access_denied`."""
        denied = AccessDeniedError()
        redirect_uri, in_fragment = authorization.redirect_uri, authorization.in_fragment
        return _send_error(denied, redirect_uri, authorization.state, authorization.issuer, fragment=in_fragment)

    def token(self, request: Request) -> Response:
        """POST to the token endpoint (RFC 6749, section 3.2)."""

        def respond(request: ProtocolRequest) -> Any:
            if request.payload.grant_type is None:
                raise InvalidRequestError("Send the grant_type.")
            return self.create_token_response(request)

        return self._respond(request, respond)

    def revoke(self, request: Request) -> Response:
        """POST to the revocation endpoint (RFC 7009)."""
        return self._respond(request, partial(self._endpoint, Revocation.ENDPOINT_NAME))

    def introspect(self, request: Request) -> Response:
        """POST to the introspection endpoint (RFC 7662)."""
        return self._respond(request, partial(self._endpoint, Introspection.ENDPOINT_NAME))

    def metadata(self, request: Request) -> Response:
        """GET the server's metadata (RFC 8414)."""
        return json(server_metadata(request.base_url, implicit=self._implicit), cors=True)

    # Methods that Authlib calls

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        """Return the request unchanged: it is in Authlib's form already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:  # noqa: ARG002 - ours are fixed
        """Return the response of a grant or endpoint."""
        return json_response(body, status)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Response:  # noqa: ARG002
        """Return the error response of a grant or endpoint."""
        return error_response(error)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Do nothing: this server has no hooks."""

    def _endpoint(self, endpoint: str, request: ProtocolRequest) -> Any:
        return self.create_endpoint_response(endpoint, request)  # type: ignore[no-untyped-call]

    def _respond(self, request: Request, respond: Callable[[ProtocolRequest], Any]) -> Response:
        try:
            response: Response = respond(read_form(request))
        except OAuth2Error as error:
            return error_response(error)
        except Conflict as busy:  # concurrent requests keep using the same code or token
            return json_response({"error": "temporarily_unavailable", "error_description": busy.message}, 503)
        return response

    def _redirect_uri(self, request: ProtocolRequest) -> str:
        """Return an authorization request's redirect URI. Raises OAuth2Error if it is missing or not registered."""
        if request.payload.client_id is None:
            raise InvalidRequestError("The request has no client_id.")
        client = self.query_client(request.payload.client_id)
        if client is None:
            raise InvalidClientError("No active API key has this client_id.")
        redirect_uri = request.payload.redirect_uri
        if redirect_uri is None:
            redirect_uri = client.get_default_redirect_uri()
            if not redirect_uri:
                raise InvalidRequestError("Send the redirect_uri: the API key does not have exactly one.")
        elif not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("The redirect_uri is not registered for the API key.")
        return redirect_uri

    def _authorization_request(
        self, request: ProtocolRequest, state: str | None, issuer: str | None
    ) -> AuthorizationRequest:
        response_type = request.payload.response_type
        if response_type is None:
            raise InvalidRequestError("Send the response_type.")
        if response_type not in self._response_types:
            raise OAuth2Error("This response_type is not supported.", error="unsupported_response_type")
        checked = self.get_consent_grant(request)  # type: ignore[no-untyped-call]
        key = request.key
        return AuthorizationRequest(
            key=key,
            redirect_uri=checked.redirect_uri,
            redirect_uri_given=request.payload.redirect_uri is not None,
            in_fragment=response_type == "token",
            scopes=select(request.payload.scope, key.scopes) or (),
            state=state,
            challenge=request.payload.data.get("code_challenge"),
            issuer=issuer,
        )


def _issuer(request: Request) -> str | None:
    """Return the issuer to name in the response to an authorization request.

    Programs that were written for the contract use its path (reference: "Obtaining an authorization code"). Their
    libraries do not know this issuer and refuse a response that names one. The metadata leads to the other path.
    """
    return request.base_url if request.path == AUTHORIZE else None


def _send_error(
    error: OAuth2Error, redirect_uri: str, state: str | None, issuer: str | None, *, fragment: bool
) -> Response:
    """Redirect to the client with an error (RFC 6749, sections 4.1.2.1 and 4.2.2.1)."""
    parameters = {"error": error.error, "error_description": error.get_error_description() or None}
    return redirect_to_client(redirect_uri, parameters | {"state": state, "iss": issuer}, fragment=fragment)
