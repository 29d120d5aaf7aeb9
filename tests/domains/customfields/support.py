"""Requests of the tests of custom fields."""

from typing import Any

from tests.support.api import Person

_DEFINITION = "{ id label type active options { id value inUse active teams { id } } }"
_ANSWER = """responseId id itemId typeSnap labelSnap displayValueSnap creator { id }
  createdDateTime { rawValue displayValue } rollupAssignmentId firstContractId offerId jobPostingId byoInvitationId
  buyItNowId questionnaireResponsesId stale termSectionId aclSnap"""
UPDATE = f"mutation ($input: UpdateCustomFieldInput!) {{ updateCustomField(input: $input) {_DEFINITION} }}"
ARCHIVE = f"mutation ($id: ID!) {{ archiveCustomField(id: $id) {_DEFINITION} }}"
_ONE = f"query ($id: ID!) {{ customFieldDefinition(id: $id) {_DEFINITION} }}"


def query(fields: str = _ANSWER) -> str:
    """Return the query of answers."""
    return f"""query ($input: CustomFieldsInput!, $offset: Int, $limit: Int) {{
      customFields(input: $input, offset: $offset, limit: $limit) {{ {fields} }} }}"""


def answers(who: Person, fields: str = _ANSWER, **conditions: Any) -> list[dict[str, Any]]:
    """Return the answers that a person finds."""
    found: list[dict[str, Any]] = who.call(query(fields), {"input": conditions}).data["customFields"]
    return found


def shown(who: Person, field_id: str) -> dict[str, Any]:
    """Return a field as a person sees it."""
    found: dict[str, Any] = who.call(_ONE, {"id": field_id}).data["customFieldDefinition"]
    return found
