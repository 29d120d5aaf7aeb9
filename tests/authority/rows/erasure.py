"""The erasure of one's own account."""

from tests.authority.row import Row, own, refused
from tests.authority.world import OUTSIDER

ROWS = (
    Row(
        field="Query.accountDeletionPreview",
        document="""{ accountDeletionPreview { deletionDateTime
          remainingBalances { organization { id } amount { rawValue } } } }""",
        shows='"deletionDateTime":"20',
        strangers=own,
    ),
    Row(
        field="Mutation.requestAccountDeletion",
        document="""mutation ($input: RequestAccountDeletionInput!) {
          requestAccountDeletion(input: $input) { email deletionDateTime } }""",
        variables={"input": {"confirmEmail": "noah@souk.test"}},
        shows='"deletionDateTime":"20',
        owner=OUTSIDER,
        strangers=refused("UNPROCESSABLE_CONTENT"),
    ),
    Row(
        field="Mutation.cancelAccountDeletion",
        document="mutation { cancelAccountDeletion { email deletionDateTime } }",
        shows="canary-mail-of-olivia",
        strangers=own,
    ),
)
