"""The authorization server as the web side uses it: one method for each endpoint."""

from collections.abc import Callable
from datetime import UTC, datetime

from souk.errors import NotBuilt
from souk.identity.issuing import RefreshTokens
from souk.oauth.authorization import Pending, Refused
from souk.storage import Table
from souk.web import Request, Response


def _now() -> datetime:
    return datetime.now(UTC)


class OAuth:
    """The endpoints of RFC 6749 (authorization, token), RFC 7009 (revocation), 7662 (introspection), 8414 (metadata)."""

    def __init__(
        self,
        table: Table,
        refreshing: RefreshTokens,
        *,
        implicit: bool = False,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """`implicit` is whether the operator allows the implicit grant; a key has to have it as well."""

    def examine(self, request: Request) -> Pending | Refused | Response:
        """Read the authorization request in the query of an address, whatever the method (see `authorization`).

        It writes nothing. `redirect_url` is taken for `redirect_uri`, as the reference documents both.
        """
        raise NotBuilt("Not yet.")

    def grant(self, pending: Pending, user_id: str, organization_id: str) -> Response:
        """Answer a request with yes: send the browser to the program with a code or, for implicit, a token.

        `organization_id` is that of the program's requests that name none. Raises Forbidden where the person is no
        active member of it. Who the person is, and that it was they who agreed, is for the caller to have proven.
        """
        raise NotBuilt("Not yet.")

    def deny(self, pending: Pending) -> Response:
        """Answer a request with no: send the browser to the program with `access_denied`."""
        raise NotBuilt("Not yet.")

    def token(self, request: Request) -> Response:
        """Answer POST to the token endpoint (RFC 6749, section 3.2)."""
        raise NotBuilt("Not yet.")

    def revoke(self, request: Request) -> Response:
        """Answer POST to the revocation endpoint (RFC 7009)."""
        raise NotBuilt("Not yet.")

    def introspect(self, request: Request) -> Response:
        """Answer POST to the introspection endpoint (RFC 7662)."""
        raise NotBuilt("Not yet.")

    def metadata(self, request: Request) -> Response:
        """Answer GET of what this server can do (RFC 8414)."""
        raise NotBuilt("Not yet.")
