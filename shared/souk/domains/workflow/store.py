"""The table's items of workflows.

WORKFLOW#<id>               WORKFLOW        a workflow
                            GSI1 WORKFLOWS#CLIENT#<company> / WORKFLOW#<id>: of a client company
                            GSI2 WORKFLOWS#VENDOR#<company> / WORKFLOW#<id>: of an agency or a freelancer's company
WORKFLOW#<id>               TASKS           its tasks, all in one item
WORKFLOW#<id>               LOG#<task>      the comments on a task, and the changes of it
WORKFLOW#REF#<type>#<id>    <workflow>      a workflow of an offer, a contract or a talent cloud
UNIQ#workflow#key#<SHA-256>                 holds what a request with an idempotency key has made
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.workflow.model import EntityType, TaskLog, Whole, Workflow, WorkflowRef, WorkflowTasks
from souk.storage import Collection, Key, StoredList, Table, Transaction

WRITES: Final = ("WORKFLOW#", "UNIQ#workflow#")
"""The key prefixes that only this domain writes."""
WORKED: Final = "workflow.worked"
"""The deadline that tells the workflows of a contract that work was done."""
MAX_PER_HIRE: Final = 10
"""The workflows of an offer or of a contract. Each of an offer is changed by its acceptance."""


def workflow_key(workflow_id: str) -> Key:
    """Return the key of a workflow."""
    return Key(f"WORKFLOW#{workflow_id}", "WORKFLOW")


def tasks_key(workflow_id: str) -> Key:
    """Return the key of the tasks of a workflow."""
    return Key(f"WORKFLOW#{workflow_id}", "TASKS")


def log_key(workflow_id: str, task_id: str) -> Key:
    """Return the key of the comments and changes of a task."""
    return Key(f"WORKFLOW#{workflow_id}", f"LOG#{task_id}")


def ref_key(entity_type: EntityType, entity_id: str, workflow_id: str) -> Key:
    """Return the key of a workflow in the list of an entity."""
    return Key(_refs(entity_type, entity_id), workflow_id)


def _refs(entity_type: str, entity_id: str) -> str:
    return f"WORKFLOW#REF#{entity_type}#{entity_id}"


WORKFLOWS: Collection[Workflow] = Collection(
    name="Workflow",
    model=Workflow,
    key=workflow_key,
    key_of=lambda one: workflow_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"WORKFLOWS#CLIENT#{one.parties.client_company_id}", f"WORKFLOW#{one.id}"),
        "GSI2": lambda one: Key(f"WORKFLOWS#VENDOR#{one.parties.vendor_company_id}", f"WORKFLOW#{one.id}"),
    },
)
TASKS: Collection[WorkflowTasks] = Collection(
    name="WorkflowTasks", model=WorkflowTasks, key=tasks_key, key_of=lambda one: tasks_key(one.workflow_id)
)
LOGS: Collection[TaskLog] = Collection(
    name="WorkflowTaskLog", model=TaskLog, key=log_key, key_of=lambda one: log_key(one.workflow_id, one.task_id)
)
REFS: Collection[WorkflowRef] = Collection(
    name="WorkflowRef",
    model=WorkflowRef,
    key=ref_key,
    key_of=lambda one: ref_key(one.entity_type, one.entity_id, one.workflow_id),
)

CLIENT_WORKFLOWS: Final = StoredList("clientWorkflows", WORKFLOWS, "WORKFLOWS#CLIENT#{}".format, index="GSI1")
"""The workflows of a client company and its teams."""
VENDOR_WORKFLOWS: Final = StoredList("vendorWorkflows", WORKFLOWS, "WORKFLOWS#VENDOR#{}".format, index="GSI2")
"""The workflows of an agency or of a freelancer's own organization."""
ENTITY_WORKFLOWS: Final = StoredList("entityWorkflows", REFS, _refs)
"""The workflows of an offer, a contract or a talent cloud."""
LISTS: Final = (CLIENT_WORKFLOWS, VENDOR_WORKFLOWS, ENTITY_WORKFLOWS)


def workflow_by_id(table: Table, workflow_id: str, *, consistent: bool = True) -> Whole | None:
    """Return a workflow with its tasks, in one round trip."""
    return wholes(table, [workflow_id], consistent=consistent).get(workflow_id)


def wholes(table: Table, ids: Iterable[str], *, consistent: bool = True) -> dict[str, Whole]:
    """Return the workflows that exist with their tasks, by their ids, in one round trip."""
    found = list(ids)
    items = table.batch_get([key(id_) for id_ in found for key in (workflow_key, tasks_key)], consistent=consistent)
    return {
        id_: Whole(WORKFLOWS.decode(items[workflow_key(id_)]), TASKS.decode(items[tasks_key(id_)]))
        for id_ in found
        if workflow_key(id_) in items and tasks_key(id_) in items
    }


def workflows_by_id(table: Table, ids: Sequence[str]) -> list[Workflow | None]:
    """Return workflows without their tasks, in the order of their ids, in one round trip."""
    keys = [workflow_key(id_) for id_ in ids]
    items = table.batch_get(keys)
    return [WORKFLOWS.decode(items[key]) if key in items else None for key in keys]


def workflows_of(table: Table, entity_type: EntityType, entity_id: str) -> list[Workflow]:
    """Return the workflows of an offer or a contract, oldest first. Takes two round trips, and one if it has none.

    The reads are strongly consistent. There are at most `MAX_PER_HIRE`: whoever adds one also changes the offer or
    contract, so of two concurrent additions one fails.
    """
    refs = table.query_bounded(REFS, _refs(entity_type, entity_id), most=MAX_PER_HIRE, consistent=True)
    keys = [workflow_key(one.workflow_id) for one in refs]
    items = table.batch_get(keys, consistent=True) if keys else {}
    return [WORKFLOWS.decode(items[key]) for key in keys if key in items]


def logs_of(table: Table, workflow_id: str, task_ids: Sequence[str]) -> dict[str, TaskLog]:
    """Return the logs that exist of some tasks, by the tasks' ids, in one round trip. The read is consistent."""
    items = table.batch_get([log_key(workflow_id, one) for one in task_ids], consistent=True)
    return {one.task_id: one for one in map(LOGS.decode, items.values())}


def note_work(tx: Transaction, contract_id: str, now: datetime) -> None:
    """Add to a transaction that work was done under a contract. Its workflows, if there are some, learn of it at once.

    The step needs no knowledge of them, and no change of them makes it fail.
    """
    schedule(tx, WORKED, contract_id, now)


def idempotency_guard(user_id: str, organization_id: str, mutation: str, key: str) -> str:
    """Return the unique value for the idempotency key of a person in an organization."""
    named = "\n".join((organization_id, user_id, mutation, key))
    return f"UNIQ#workflow#key#{sha256(named.encode()).hexdigest()}"
