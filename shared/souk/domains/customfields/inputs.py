"""The inputs of requests about custom fields."""

from souk.domains.customfields.model import AclType, FieldType
from souk.storage import Input
from souk.values.ids import Id


class OptionInput(Input):
    """The contract's CustomFieldOptionInput."""

    id: str | None = None
    value: str
    display_value: str | None = None
    description: str | None = None
    team_ids: tuple[str, ...] | None = None


class NewField(Input):
    """The contract's CreateCustomFieldInput."""

    organization_id: str | None = None
    label: str
    type: FieldType
    options: tuple[OptionInput, ...] | None = None
    required: bool | None = None
    acl_type: AclType | None = None
    team_id: str | None = None
    idempotency_key: str | None = None


class FieldChange(Input):
    """The contract's UpdateCustomFieldInput. Null means the same as leaving a field out."""

    id: str
    label: str | None = None
    type: FieldType | None = None
    options: tuple[OptionInput, ...] | None = None
    required: bool | None = None
    acl_type: AclType | None = None
    team_id: str | None = None


class DefinitionFilter(Input):
    """The contract's CustomFieldDefinitionFilter."""

    organization_id_eq: Id | None = None
    type_any: tuple[FieldType, ...] | None = None
    active_eq: bool | None = None


class AnswersFilter(Input):
    """The contract's CustomFieldsInput."""

    response_ids: tuple[Id, ...] | None = None
    ids: tuple[Id, ...] | None = None
    item_ids: tuple[Id, ...] | None = None
    rollup_assignment_ids: tuple[Id, ...] | None = None
    first_contract_ids: tuple[Id, ...] | None = None
    offer_ids: tuple[Id, ...] | None = None
    job_posting_ids: tuple[Id, ...] | None = None
    byo_invitation_ids: tuple[Id, ...] | None = None
    buy_it_now_ids: tuple[Id, ...] | None = None
    questionnaire_responses_ids: tuple[Id, ...] | None = None
    organization_ids: tuple[Id, ...] | None = None
