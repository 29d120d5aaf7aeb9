"""Work histories: as visible as the profile, without what only the parties of a contract may know."""

from tests.authority.fixtures import IVY
from tests.authority.row import Row, sees, shows
from tests.authority.world import INVITED

_HISTORY = """query ($id: ID!) { talentWorkHistory(filter: { personId: $id }) { totalCount workHistoryList {
  contract { id title clientTeamId clientOrgId terms { hourlyRate } } contractAggregate { totalCharge hours }
  feedback { feedbackToFreelancer { comment score } feedbackToClient { comment score } } opening { id title } } } }"""

ROWS = (
    Row(
        field="Query.talentWorkHistory",
        document=_HISTORY,
        variables={"id": IVY},
        shows="canary-contract-finished",
        strangers=sees(None),
        colleague=shows("Private job"),
        owner=INVITED,
    ),
)
