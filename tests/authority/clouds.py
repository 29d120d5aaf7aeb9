"""Talent clouds of Acme Design: one with Ivy, and one with Cleo that Ivy asks to join."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.clouds.model import (
    Attribute,
    Cloud,
    CloudTasks,
    JoinRequest,
    Section,
    SectionType,
    Task,
    TaskPermission,
    TaskRole,
)
from souk.domains.clouds.store import REQUESTS, TASKS, create_cloud
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import add_to_cloud
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-12T08:00:00.000Z"
POOL: Final = "8300000000000000001"
"""The cloud with Cleo."""
ARCHIVED: Final = "8300000000000000011"
EMPTY: Final = "8300000000000000021"


@dataclass(frozen=True)
class CloudRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    cloud_id: str
    """The cloud with Ivy."""
    company_id: str
    team_id: str
    leader_id: str
    """Acme's owner, who is mailed about requests."""
    member_ids: tuple[str, str]
    asking_id: str

    def store(self, table: Table) -> None:
        """Store the records."""
        tx = table.transaction()
        for cloud_id, member, name in zip((self.cloud_id, POOL), self.member_ids, ("friends", "pool"), strict=True):
            create_cloud(tx, self._cloud(cloud_id, name))
            tx.create(TASKS, self._tasks(cloud_id, name))
            joined = {"joined": SINCE, "added_by_id": self.leader_id, "company_id": self.company_id}
            add_to_cloud(tx, Relation(kind=RelationKind.CLOUD, user_id=member, target_id=cloud_id, **joined))
        create_cloud(tx, self._cloud(ARCHIVED, "archived").model_copy(update={"active": False}))
        create_cloud(tx, self._cloud(EMPTY, "empty"))
        message = self.secrets.plant(Audience.TEAM, "asked-to-join", of=self.asking_id)
        request = JoinRequest(cloud_id=POOL, user_id=self.asking_id, message=message, created=SINCE, mailed=SINCE)
        tx.create(REQUESTS, request)
        tx.commit()

    def _cloud(self, cloud_id: str, name: str) -> Cloud:
        team, members = Audience.TEAM, self._members(name)
        return Cloud(
            id=cloud_id,
            organization_id=self.team_id,
            company_id=self.company_id,
            creator_id=self.leader_id,
            name=self.secrets.plant(team, f"cloud-name-{name}"),
            external_name=f"Friends of Acme, {name}",
            description=self.secrets.plant(members, f"cloud-description-{name}"),
            welcome=self.secrets.plant(members, f"cloud-welcome-{name}"),
            join_instructions="Send a drawing.",
            after_request="We look at it.",
            tasks_enabled_changed=SINCE,
            rejection=self.secrets.plant(team, f"cloud-rejection-{name}"),
            notify_user_ids=(self.leader_id,),
            created=SINCE,
            modified=SINCE,
        )

    def _tasks(self, cloud_id: str, name: str) -> CloudTasks:
        team, members = Audience.TEAM, self._members(name)
        section = Section(
            id=f"{cloud_id[:-1]}2",
            key="begin",
            name=self.secrets.plant(members, f"section-{name}"),
            description="Before the work.",
            type=SectionType.ONBOARDING,
            attachment_ids=("9",),
        )
        common: dict[str, Any] = {"section_ids": (section.id,), "type": "legal", "due_in_days": 3, "external_id": "x-1"}
        hidden = Task(
            id=f"{cloud_id[:-1]}3",
            key="check",
            name=self.secrets.plant(team, f"task-{name}"),
            permissions={TaskRole.FREELANCER: TaskPermission.NO},
            **common,
        )
        shown = Task(
            id=f"{cloud_id[:-1]}4",
            key="sign",
            name="Sign",
            description=self.secrets.plant(members, f"task-description-{name}"),
            depends_on=(hidden.id,),
            attributes=(Attribute(key="form", value="W-8"),),
            **common,
        )
        return CloudTasks(cloud_id=cloud_id, sections=(section,), tasks=(hidden, shown))

    @staticmethod
    def _members(name: str) -> Audience:
        """Return who sees what members see: Ivy is a member of the first cloud alone."""
        return Audience.INVITED if name == "friends" else Audience.TEAM
