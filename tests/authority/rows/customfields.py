"""Custom fields: members of the company see its fields and their answers; those of a team are for the team alone."""

from tests.authority import fixtures
from tests.authority.customfields import OWN, SHARED
from tests.authority.row import Row, own, refused

_FIELD = "{ id label options { id value displayValue description teams { id } } team { id } creator { id } }"
_ANSWER = "{ responseId id itemId labelSnap displayValueSnap creator { id } stale aclSnap }"


ROWS = (
    Row(
        field="Query.customFields",
        document=f"query ($input: CustomFieldsInput!) {{ customFields(input: $input) {_ANSWER} }}",
        variables={"input": {"organizationIds": [fixtures.ACME]}},
        shows="canary-answer-to-field-1",
        strangers=own,
    ),
    Row(
        field="Query.customFields",
        about="of a posting",
        document=f"query ($input: CustomFieldsInput!) {{ customFields(input: $input) {_ANSWER} }}",
        variables={"input": {"jobPostingIds": [fixtures.OPEN]}},
        shows="canary-answer-to-field-0",
        strangers=own,
    ),
    Row(
        field="Query.customFieldDefinitions",
        document=f"{{ customFieldDefinitions {{ totalCount edges {{ node {_FIELD} }} }} }}",
        shows="canary-option-display",
        strangers=own,
    ),
    Row(
        field="Query.customFieldDefinition",
        document=f"query ($id: ID!) {{ customFieldDefinition(id: $id) {_FIELD} }}",
        variables={"id": OWN},
        shows="canary-label-of-team-field",
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Mutation.createCustomField",
        document=f"mutation ($input: CreateCustomFieldInput!) {{ createCustomField(input: $input) {_FIELD} }}",
        variables={"input": {"organizationId": fixtures.ACME, "label": "Room", "type": "NUMERIC"}},
        shows='"label":"Room"',
        strangers=refused("NOT_FOUND"),
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.updateCustomField",
        document=f"mutation ($input: UpdateCustomFieldInput!) {{ updateCustomField(input: $input) {_FIELD} }}",
        variables={"input": {"id": OWN, "label": "Room"}},
        shows='"label":"Room"',
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Mutation.archiveCustomField",
        document="mutation ($id: ID!) { archiveCustomField(id: $id) { id active } }",
        variables={"id": SHARED},
        shows='"active":false',
        strangers=refused("NOT_FOUND"),
        colleague=refused("FORBIDDEN"),
    ),
)
