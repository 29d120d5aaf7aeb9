"""The erasure of one's own account."""

from tests.authority.row import Row, makes_own, refused
from tests.authority.world import IDLE

ROWS = (
    Row(
        field="Mutation.requestAccountDeletion",
        document="""mutation ($input: RequestAccountDeletionInput!) {
          requestAccountDeletion(input: $input) { email deletionDateTime } }""",
        variables={"input": {"confirmEmail": "canary-mail-of-nora@acme.test"}},
        shows='"deletionDateTime":"20',
        owner=IDLE,
        strangers=refused("UNPROCESSABLE_CONTENT"),
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.cancelAccountDeletion",
        document="mutation { cancelAccountDeletion { email deletionDateTime } }",
        shows="canary-mail-of-olivia",
        strangers=makes_own,
    ),
)
