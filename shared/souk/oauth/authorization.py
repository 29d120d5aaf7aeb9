"""Authorization requests, before the person has answered them.

`OAuth.read_authorization_request` reads the request from the URL of the consent page and returns one of these:

- `AuthorizationRequest`: a valid request. Show the consent page, then call `OAuth.grant` or `OAuth.deny`.
- `RejectedRequest`: the client or the redirect URI is unknown. Show the error on a page: a redirect would make this
  server an open redirector (RFC 6749, section 4.1.2.1).
- `Response`: the request has another error. Return it: it redirects the browser to the client with the error.

Pending requests are not stored. The consent form is posted to the URL of its page, with the same query, and the request
is validated again.
"""

from dataclasses import dataclass

from souk.authentication.records import ApiKey


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A valid authorization request that the person has not answered yet."""

    key: ApiKey
    """The client's API key. `key.name` is chosen by its owner and can be any text."""
    redirect_uri: str
    """Where the response goes. The page's `form-action` policy must allow its origin."""
    redirect_uri_given: bool
    """Whether the request named it; otherwise it is the key's only redirect URI."""
    in_fragment: bool
    """Whether the response is a token in the URL's fragment (implicit) instead of a code in its query."""
    scopes: tuple[str, ...]
    """The requested scopes, by their names in the contract, in the key's order."""
    state: str | None
    """Returned to the client unchanged."""
    challenge: str | None
    """The S256 code challenge (RFC 7636)."""
    issuer: str | None
    """This server's issuer identifier, for the response (RFC 9207). None: the response has none."""


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """An authorization request whose error is shown on a page, because there is no valid redirect URI."""

    message: str
    """The error, for the client's developer. Plain text that contains nothing from the request."""
    status: int = 400
