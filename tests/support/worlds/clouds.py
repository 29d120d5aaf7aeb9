"""The test world of talent clouds: clients with teams, and freelancers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from souk.authentication.principal import Role
from souk.domains.clouds.store import CLOUDS
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person, person
from tests.support.worlds.jobs import ACME, BUILD, LISBON, STUDIO, organization, user
from tests.support.worlds.offers import OffersWorld

ADA, AGENCY, BEN = "601", "4001", "602"
FIELDS: Final = "id name active selectable"
MUTATIONS: Final = {
    "createTalentCloud": "CreateTalentCloudInput",
    "updateTalentCloud": "UpdateTalentCloudInput",
    "setTalentCloudTasks": "SetTalentCloudTasksInput",
    "addFreelancersToTalentCloud": "AddFreelancersToTalentCloudInput",
    "requestToJoinTalentCloud": "RequestToJoinTalentCloudInput",
    "answerTalentCloudRequest": "AnswerTalentCloudRequestInput",
}
"""The mutations with an input, and its type."""
SELECTED: Final = {
    "addFreelancersToTalentCloud": "added { user { id } addedBy { id } joinedDateTime } failed { userId code message }",
    "requestToJoinTalentCloud": "state reply message answeredDateTime answeredBy { id }",
    "withdrawTalentCloudRequest": "state",
    "answerTalentCloudRequest": "state reply answeredDateTime answeredBy { id }",
}


@dataclass
class CloudsWorld(OffersWorld):
    """Olivia owns Acme; Liam hires for its team Design, and Max is a member there. Sofia and Ada are freelancers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        tx = self.souk.table.transaction()
        tx.create(ORGANIZATIONS, organization(AGENCY, "Ada", legacy_type=OrganizationLegacyType.VENDOR))
        tx.create(USERS, user(ADA, "Ada", AGENCY, LISBON))
        tx.create(USERS, user(BEN, "Ben", ACME, LISBON))
        tx.commit()

    @cached_property
    def ada(self) -> Person:
        """A freelancer with an organization of her own."""
        return person(self.souk, ADA, AGENCY)

    @cached_property
    def ben(self) -> Person:
        """An admin of Acme Build."""
        return person(self.souk, BEN, BUILD, company_id=ACME, role=Role.ADMIN)

    def do(self, mutation: str, who: Person | None = None, selected: str | None = None, **fields: Any) -> Answer:
        """Call a mutation with an input. Default: Olivia does."""
        shown = selected or SELECTED.get(mutation, FIELDS)
        document = f"mutation ($input: {MUTATIONS[mutation]}!) {{ {mutation}(input: $input) {{ {shown} }} }}"
        return (who or self.olivia).call(document, {"input": fields})

    def act(self, mutation: str, cloud_id: str, who: Person | None = None) -> Answer:
        """Call a mutation that takes an id alone. Default: Olivia does."""
        name = "talentCloudId" if mutation.startswith("withdraw") else "id"
        shown = SELECTED.get(mutation, FIELDS)
        return (who or self.olivia).call(
            f"mutation ($id: ID!) {{ {mutation}({name}: $id) {{ {shown} }} }}", {"id": cloud_id}
        )

    def cloud(self, who: Person | None = None, **fields: Any) -> str:
        """Make a cloud and return its id."""
        made: str = self.do("createTalentCloud", who, **{"name": "Designers"} | fields).data["createTalentCloud"]["id"]
        return made

    def add(self, cloud_id: str, *user_ids: str, who: Person | None = None) -> Any:
        """Add freelancers to a cloud, and return the response."""
        answer = self.do("addFreelancersToTalentCloud", who, talentCloudId=cloud_id, userIds=list(user_ids))
        return answer.data["addFreelancersToTalentCloud"]

    def remove(self, cloud_id: str, user_id: str, who: Person | None = None) -> Answer:
        """Remove a member from a cloud."""
        return (who or self.olivia).call(
            "mutation ($c: ID!, $u: ID!) { removeFreelancerFromTalentCloud(talentCloudId: $c, userId: $u) }",
            {"c": cloud_id, "u": user_id},
        )

    def members(self, cloud_id: str, who: Person | None = None, **page: Any) -> Answer:
        """Ask for the members of a cloud."""
        return (who or self.olivia).call(
            """query ($id: ID!, $page: Pagination) { talentCloudMembers(talentCloudId: $id, pagination: $page) {
              totalCount edges { node { user { id } addedBy { id } joinedDateTime } } pageInfo { endCursor } } }""",
            {"id": cloud_id, "page": page or None},
        )

    def requests(self, who: Person | None = None, **conditions: Any) -> Answer:
        """Ask for requests to join."""
        return (who or self.olivia).call(
            """query ($filter: TalentCloudRequestFilter) { talentCloudRequests(filter: $filter) { totalCount edges {
              node { talentCloudId user { id } state reply answeredBy { id } } } } }""",
            {"filter": conditions},
        )

    def seen(self, cloud_id: str, who: Person, selected: str = FIELDS) -> Any:
        """Return what a caller sees of a cloud."""
        return who.call(f"query ($id: ID!) {{ talentCloud(id: $id) {{ {selected} }} }}", {"id": cloud_id}).data[
            "talentCloud"
        ]

    def stored(self, cloud_id: str) -> Any:
        """Return a stored cloud."""
        return self.souk.table.get(CLOUDS, cloud_id, consistent=True)

    def cloud_events(self) -> list[tuple[str, set[str]]]:
        """Return the action and the audience of every event of clouds, in order."""
        items = self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]
        outbox = sorted((item for item in items if item["SK"]["S"] == "EVENT"), key=lambda item: item["PK"]["S"])
        events = [OUTBOX.decode(item) for item in outbox]
        return [(one.action, set(one.audience)) for one in events if one.entity == "TALENT_CLOUD"]


OWN: Final = {ACME}
BOTH: Final = {ACME, STUDIO}
