"""Custom fields and their answers, as they are stored. Times are ISO 8601, UTC."""

from enum import StrEnum
from typing import Final

from souk.storage import Entity, Model

COMPANY: Final = "COMPANY"
_TEAM: Final = "TEAM:"


class FieldType(StrEnum):
    """The contract's CustomFieldsTypeSnap."""

    TEXT_FIELD = "TEXT_FIELD"
    TEXT_AREA = "TEXT_AREA"
    DROP_DOWN_LIST = "DROP_DOWN_LIST"
    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    DROP_DOWN_LIST_MULTIPLE_SELECT = "DROP_DOWN_LIST_MULTIPLE_SELECT"
    CURRENCY = "CURRENCY"
    PO_NUMBER = "PO_NUMBER"

    @property
    def has_options(self) -> bool:
        """Whether answers choose an option."""
        return self in (FieldType.DROP_DOWN_LIST, FieldType.DROP_DOWN_LIST_MULTIPLE_SELECT)


class AclType(StrEnum):
    """The contract's DropdownAclType: whether a field is the whole company's or one team's."""

    COMPANY = "COMPANY"
    TEAM = "TEAM"


def acl_of(team_id: str | None) -> str:
    """Return the contract's `aclSnap` of a field of a team, or of the whole company for None."""
    return COMPANY if team_id is None else f"{_TEAM}{team_id}"


def team_of(acl: str) -> str | None:
    """Return the team of an `aclSnap`; None for the whole company."""
    return acl.removeprefix(_TEAM) if acl.startswith(_TEAM) else None


class FieldOption(Model):
    """An option of a drop-down list."""

    id: str
    value: str
    display: str
    description: str | None = None
    team_ids: tuple[str, ...] = ()
    """The teams that can choose it; none means all who see the field."""
    active: bool = True


class FieldDefinition(Entity):
    """A custom field of a company."""

    id: str
    company_id: str
    label: str
    type: FieldType
    options: tuple[FieldOption, ...] = ()
    """Active ones in their order, then removed ones that answers have chosen."""
    required: bool = False
    team_id: str | None = None
    """None for a field of the whole company."""
    active: bool = True
    creator_id: str
    created: str
    modified: str
    fingerprint: str | None = None
    """The SHA-256 of the request, for a request with an idempotency key."""

    @property
    def acl(self) -> str:
        """The `aclSnap` of its answers."""
        return acl_of(self.team_id)

    @property
    def acl_type(self) -> AclType:
        """Whether it is the whole company's or a team's."""
        return AclType.COMPANY if self.team_id is None else AclType.TEAM

    def option(self, item_id: str | None) -> FieldOption | None:
        """Return one of its options by id."""
        return next((one for one in self.options if one.id == item_id), None)


class ActiveField(Model):
    """What the register of a company knows of an active field."""

    id: str
    label: str
    required: bool = False
    team_id: str | None = None


class FieldRegister(Entity):
    """The active fields of a company. It changes with each of them, so labels stay unique and the number is limited."""

    company_id: str
    fields: tuple[ActiveField, ...] = ()


class FieldUse(Entity):
    """The options of a field that answers have chosen: a tally."""

    options: frozenset[str] = frozenset()


class Owner(StrEnum):
    """What answers belong to."""

    POSTING = "POSTING"
    OFFER = "OFFER"


class Answer(Model):
    """An answer, with a snapshot of its field: later changes of the field leave it as it is."""

    id: str | None = None
    """The contract's responseId. None for an answer of an earlier release that had none."""
    field_id: str | None = None
    """None for a note under a key of the client's own."""
    item_id: str | None = None
    """The option, for drop-down lists."""
    type: FieldType = FieldType.TEXT_FIELD
    label: str | None = None
    value: str
    display: str | None = None
    """None if it is the value."""
    acl: str = COMPANY
    creator_id: str
    """Who made the field; who gave the answer, for a note."""
    created: str

    @property
    def shown(self) -> str:
        """The answer for display."""
        return self.value if self.display is None else self.display


class AnswerSheet(Entity):
    """All answers of one posting or offer: one item."""

    owner: Owner
    owner_id: str
    """The id of the posting or offer."""
    company_id: str
    created: str
    """When the posting or offer was made."""
    contract_id: str | None = None
    """The contract of an accepted offer."""
    answers: tuple[Answer, ...] = ()
