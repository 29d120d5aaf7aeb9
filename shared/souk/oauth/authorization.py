"""What a program asks of a person, between the moment it asks and the moment the person answers.

`OAuth.examine` reads the request of a program from the address of a page. What it gives back is one of three:

- `Pending`: a valid request. Show who asks for what; then `OAuth.grant` or `OAuth.deny` it.
- `Refused`: the request does not name a program of ours, or not an address of that program. Show it on a page: sending
  the browser on would make this server an open redirector (RFC 6749, section 4.1.2.1).
- a `Response`: the request has another fault, of which the program is told by sending the browser back. Return it.

Nothing is kept of a request that waits for its person. The form of a consent page is posted to the address that the
page was shown at, with the same query, and examined again.
"""

from dataclasses import dataclass

from souk.authentication.records import ApiKey


@dataclass(frozen=True, slots=True)
class Pending:
    """A valid authorization request that a person has not answered yet."""

    key: ApiKey
    """Which program asks; `key.name` is how its makers call it, and may say anything."""
    redirect_uri: str
    """Where the answer goes. Its origin belongs into the form's `form-action`."""
    redirect_uri_given: bool
    """Whether the program named it; otherwise it is the only one that its key has."""
    in_fragment: bool
    """Whether it asks for a token in the fragment of the address (implicit), and not for a code in its query."""
    scopes: tuple[str, ...]
    """What it asks for, by the scopes' names in the contract, in the order of the key."""
    state: str | None
    """What the program gets back as it sent it."""
    challenge: str | None
    """The S256 code challenge (RFC 7636)."""
    issuer: str
    """This server, as the program knows it (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An authorization request that is to be answered with a page, because there is nobody to send the browser to."""

    message: str
    """What is wrong, in a sentence for whoever made the program. Plain text; it holds nothing that was sent."""
    status: int = 400
