"""A workflow of a contract between Acme Design and Ivy, with a task that she does not see."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.model import Parties
from souk.domains.clouds.model import Attribute, SectionType, TaskPermission, TaskRole
from souk.domains.files.model import Attachment
from souk.domains.workflow.model import (
    EntityType,
    Reference,
    Status,
    Task,
    TaskChange,
    TaskComment,
    TaskLog,
    TaskStatus,
    Workflow,
    WorkflowRef,
    WorkflowTasks,
)
from souk.domains.workflow.store import LOGS, REFS, TASKS, WORKFLOWS
from souk.storage import Table
from tests.authority.contracts import WORKING, offer_of
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-12T08:00:00.000Z"
WORKFLOW: Final = "8500000000000000001"
HIDDEN: Final = "8500000000000000002"
SHOWN: Final = "8500000000000000003"
DONE: Final = "8500000000000000004"


@dataclass(frozen=True)
class WorkflowRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    parties: Parties

    def store(self, table: Table) -> None:
        """Store the records."""
        parties = self.parties
        references = tuple(
            Reference(entity_type=kind, entity_id=id_)
            for kind, id_ in ((EntityType.OFFER, offer_of(WORKING)), (EntityType.CONTRACT, WORKING))
        )
        tx = table.transaction()
        tx.create(
            WORKFLOWS,
            Workflow(
                id=WORKFLOW,
                type=SectionType.ONBOARDING,
                parties=parties,
                references=references,
                status=Status.IN_PROGRESS,
                started=SINCE,
                created=SINCE,
                created_by_id=parties.client_user_id,
                modified=SINCE,
                modified_by_id=parties.client_user_id,
            ),
        )
        tx.create(TASKS, WorkflowTasks(workflow_id=WORKFLOW, tasks=(self._hidden(), self._done(), self._shown())))
        tx.create(LOGS, self._log())
        for reference in references:
            tx.create(REFS, WorkflowRef(**reference.model_dump(), workflow_id=WORKFLOW))
        tx.commit()

    def _hidden(self) -> Task:
        title = self.secrets.plant(Audience.TEAM, "workflow-hidden")
        return self._task(HIDDEN, title=title, permissions={TaskRole.FREELANCER: TaskPermission.NO})

    def _done(self) -> Task:
        done = {"status": TaskStatus.COMPLETED, "finished": SINCE}
        return self._task(DONE, title="Sign", type="legal", external_id="x-1", permissions={}, **done)

    def _shown(self) -> Task:
        return self._task(
            SHOWN,
            depends_on=(DONE,),
            due="2026-01-31",
            title=self.secrets.plant(Audience.PARTIES, "workflow-task"),
            description=self.secrets.plant(Audience.PARTIES, "workflow-description"),
            delay_reasons=self.secrets.plant(Audience.PARTIES, "workflow-delay"),
            assignee_id=self.parties.vendor_user_id,
            attributes=(Attribute(key="form", value="W-8"),),
            permissions={},
        )

    def _task(self, id_: str, *, permissions: dict[TaskRole, TaskPermission], **fields: Any) -> Task:
        by = self.parties.client_user_id
        return Task(
            id=id_,
            owner=TaskRole.FREELANCER,
            permissions=dict.fromkeys(TaskRole, TaskPermission.WRITE) | permissions,
            created=SINCE,
            created_by_id=by,
            modified=SINCE,
            modified_by_id=by,
            **{"status": TaskStatus.OPEN} | fields,
        )

    def _log(self) -> TaskLog:
        freelancer = self.parties.vendor_user_id
        among_them = self.secrets.plant(Audience.NOBODY, "workflow-among-freelancers", of=freelancer)
        said = self.secrets.plant(Audience.PARTIES, "workflow-comment")
        file = Attachment(
            id="9",
            file_name="signed.pdf",
            key="files/7001/9",
            content_length=1,
            content_type="application/pdf",
            created_date_time=SINCE,
        )
        common: dict[str, Any] = {"created": SINCE, "created_by_id": freelancer, "attachments": (file,)}
        comments = tuple(
            TaskComment(id=id_, message=text, visible_to_client=visible, **common)
            for id_, text, visible in (("1", said, True), ("2", among_them, False))
        )
        change = TaskChange(changed=SINCE, changed_by_id=freelancer, field="status", old="NOT_OPEN", new="OPEN")
        return TaskLog(workflow_id=WORKFLOW, task_id=SHOWN, comments=comments, changes=(change,))
