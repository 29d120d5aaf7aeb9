"""The stored actions of operators."""

from typing import Final

from souk.storage import Entity, Model

PERSONAL: Final = frozenset({"address", "email", "firstName", "lastName", "location", "name", "phone"})
"""Facts about a person whose values the trail does not keep."""
IMPERSONAL: Final = frozenset({"MarketplaceSettings", "MailTemplate"})
"""The types of subjects that are about no person, whose fields may have the same names."""


class FieldChange(Model):
    """A changed field, with its values before and after; without values if it is personal."""

    field: str
    before: str | None = None
    after: str | None = None


class OperatorAction(Entity):
    """A change that an operator made, through the API or with `souk admin`. It never changes.

    Of people it has only ids. Their names are looked up when the trail is read.
    """

    id: str
    operator_id: str | None = None
    """The operator's user id; None for `souk admin`, whose caller is in `reason`."""
    action: str
    """The mutation's name, or the command's."""
    subject_type: str
    """The GraphQL type of the subject, such as `Organization`."""
    subject_id: str
    subject_title: str | None = None
    """The subject's name at that time. None for a person."""
    reason: str | None = None
    changes: tuple[FieldChange, ...] = ()
    ip_address: str | None = None
    request_id: str | None = None
    created: str
    """ISO 8601, UTC."""


class Subject(Model):
    """The subject of an action."""

    type: str
    id: str
    title: str | None = None
    """Only for subjects that are no people."""


class Actor(Model):
    """The author of an action, and the request that it came with."""

    operator_id: str | None = None
    ip_address: str | None = None
    request_id: str | None = None
