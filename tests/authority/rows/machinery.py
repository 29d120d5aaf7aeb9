"""The machinery: operators see and work it, and managers of a key see its requests."""

from tests.authority.fixtures import KEY
from tests.authority.machinery import PLANNED
from tests.authority.row import Row, refused
from tests.authority.world import OPERATOR

_DEADLINE = "{ id kind entityId dueDateTime attempts late lastError }"


def _row(field: str, document: str, shows: str) -> Row:
    return Row(field=field, document=document, shows=shows, strangers=refused("FORBIDDEN"), owner=OPERATOR)


ROWS = (
    Row(
        field="Query.apiKeyRequests",
        document=f"""{{ apiKeyRequests(filter: {{apiKeyId_eq: "{KEY}"}}) {{ totalCount edges {{ node {{ id
          receivedDateTime user {{ id }} organization {{ id }} operation rootFields statusCode errorCodes durationMs
        }} }} pageInfo {{ hasNextPage }} }} }}""",
        shows='"operation":"canary-operation"',
        strangers=refused("NOT_FOUND"),
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    ),
    _row(
        "Query.deadlines",
        f"{{ deadlines {{ totalCount edges {{ node {_DEADLINE} }} pageInfo {{ hasNextPage }} }} }}",
        '"kind":"offers.expiry"',
    ),
    _row("Mutation.runDeadline", f'mutation {{ runDeadline(id: "{PLANNED}") {_DEADLINE} }}', '"entityId":"77"'),
    _row(
        "Query.domainEvents",
        """{ domainEvents(filter: {occurredDateTime_bt: {}}) { totalCount edges { node { id entity action entityId
          organizations { id name } occurredDateTime } } pageInfo { hasNextPage } } }""",
        '"edges":',
    ),
    _row(
        "Mutation.replayDomainEvents",
        """mutation { replayDomainEvents(input: {occurredDateTime_bt: {}, ids: ["1"], reason: "Lost",
          idempotencyKey: "1"}) }""",
        '"replayDomainEvents":0',
    ),
    _row("Query.deadLetterQueues", "{ deadLetterQueues { name title messages oldestDateTime } }", '"messages":3'),
    _row(
        "Mutation.redriveDeadLetters",
        'mutation { redriveDeadLetters(queue: "webhook_delivery", reason: "Mended") }',
        '"redriveDeadLetters":0',
    ),
    _row(
        "Mutation.rebuildSearchIndex",
        """mutation { rebuildSearchIndex(index: "gigs", reason: "Numbers differ") { index documents lagSeconds
          rebuilding builtDateTime } }""",
        '"rebuilding":true',
    ),
)
