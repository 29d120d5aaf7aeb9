"""What workflows have of a person: their comments on tasks."""

from collections.abc import Iterable, Sequence

from souk.domains.identity.commands.own_companies import companies_of
from souk.domains.workflow.model import Workflow
from souk.domains.workflow.store import CLIENT_WORKFLOWS, LOGS, VENDOR_WORKFLOWS
from souk.graph.personal import PersonalData, PersonalFile, Row, listed
from souk.storage import Table
from souk.storage.partition import Partition

_CHUNK = 100


def _comments(table: Table, workflows: Sequence[Workflow], user_id: str) -> Iterable[Row]:
    for workflow in workflows:
        for logs in Partition(LOGS, f"WORKFLOW#{workflow.id}", prefix="LOG#").chunks(table, _CHUNK):
            for log in logs:
                for one in log.comments:
                    if one.created_by_id == user_id:
                        row = one.model_dump(mode="json", by_alias=True, exclude_none=True)
                        yield {"workflowId": workflow.id, "taskId": log.task_id, **row}


def _companies(table: Table, user_id: str) -> list[tuple[str]]:
    return [(one,) for one in companies_of(table, user_id)]


PERSONAL = PersonalData(
    stays="Tasks and comments: they are a part of the work under a contract. They name people by their ids.",
    files=(
        PersonalFile(
            "task-comments",
            "Your comments on tasks of your clients.",
            listed(VENDOR_WORKFLOWS, owners=_companies, rows=_comments, size=25),
        ),
        PersonalFile(
            "task-comments-as-client",
            "Your comments on tasks as a client.",
            listed(CLIENT_WORKFLOWS, owners=_companies, rows=_comments, size=25),
        ),
    ),
)
