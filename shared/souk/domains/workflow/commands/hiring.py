"""What the steps of offers and contracts do to their workflows, in the transactions of these steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from souk.domains.agreements.model import Parties
from souk.domains.clouds.model import SectionType
from souk.domains.clouds.model import Task as CloudTask
from souk.domains.clouds.store import tasks_for
from souk.domains.workflow.commands.saving import begin, list_for, withdraw
from souk.domains.workflow.model import EntityType, Reference, Workflow
from souk.domains.workflow.rules.making import Author, copied, section_types
from souk.domains.workflow.store import WORKFLOWS, workflows_of
from souk.storage import Table, Transaction
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class Hired:
    """A contract with what its workflows need to know."""

    parties: Parties
    offer_id: str
    contract_id: str
    cloud_id: str | None
    """The talent cloud that the freelancer was hired from."""
    payroll: bool = False

    @property
    def contract(self) -> Reference:
        """The reference to the contract."""
        return Reference(entity_type=EntityType.CONTRACT, entity_id=self.contract_id)

    @property
    def offer(self) -> Reference:
        """The reference to the offer."""
        return Reference(entity_type=EntityType.OFFER, entity_id=self.offer_id)


def begin_for_offer(tx: Transaction, table: Table, hired: Hired, user_id: str, now: datetime) -> None:
    """Add to an acceptance that the offer's workflows are the contract's too, and the workflow of its talent cloud.

    The cloud's is made if its tasks are enabled, it has some, and the offer has no ONBOARDING workflow. Takes one round
    trip, and one more each for an offer that names a cloud and for one with workflows.
    """
    existing = workflows_of(table, EntityType.OFFER, hired.offer_id)
    for workflow in existing:
        tx.update(WORKFLOWS, workflow.model_copy(update={"references": (*workflow.references, hired.contract)}))
        list_for(tx, workflow.id, hired.contract)
    if hired.cloud_id is None or any(one.type is SectionType.ONBOARDING for one in existing):
        return
    tasks = _tasks(table, hired, section_types(payroll=hired.payroll), if_enabled=True)
    _begin(tx, hired, SectionType.ONBOARDING, (hired.offer, hired.contract), tasks, user_id, now)


def withdraw_for_offer(tx: Transaction, table: Table, offer_id: str, user_id: str | None, now: str) -> None:
    """Add to the end of an open offer that its workflows are withdrawn. Takes one round trip, and two with some."""
    _withdraw(tx, workflows_of(table, EntityType.OFFER, offer_id), user_id, now)


def end_for_contract(tx: Transaction, table: Table, hired: Hired, user_id: str, now: datetime) -> None:
    """Add to the end of a contract that its workflows are withdrawn, and the OFFBOARDING workflow of its talent cloud.

    The latter is made if the cloud has such tasks, and the contract no unfinished workflow of this type.
    """
    existing = workflows_of(table, EntityType.CONTRACT, hired.contract_id)
    _withdraw(tx, existing, user_id, stamp(now))
    leaving = any(one.type is SectionType.OFFBOARDING and one.status.running for one in existing)
    if hired.cloud_id is not None and not leaving:
        tasks = _tasks(table, hired, (SectionType.OFFBOARDING,), if_enabled=False)
        _begin(tx, hired, SectionType.OFFBOARDING, (hired.contract,), tasks, user_id, now)


def mark_worked(table: Table, contract_id: str, now: datetime) -> None:
    """Remember that work was done under a contract, in its workflows."""

    def attempt(tx: Transaction) -> None:
        for workflow in workflows_of(table, EntityType.CONTRACT, contract_id):
            if not workflow.worked:
                tx.update(WORKFLOWS, workflow.model_copy(update={"worked": True, "modified": stamp(now)}))

    table.retry_until_committed(attempt)


def _tasks(table: Table, hired: Hired, types: tuple[SectionType, ...], *, if_enabled: bool) -> list[CloudTask]:
    """Return the tasks of an active talent cloud of the client."""
    found = tasks_for(table, hired.cloud_id) if hired.cloud_id else None
    if found is None or found.cloud.company_id != hired.parties.client_company_id:
        return []
    return found.of_types(*types) if found.cloud.tasks_enabled or not if_enabled else []


def _begin(  # noqa: PLR0917 - a workflow has this many parts
    tx: Transaction,
    hired: Hired,
    type_: SectionType,
    references: tuple[Reference, ...],
    tasks: Sequence[CloudTask],
    user_id: str,
    now: datetime,
) -> None:
    """Add a workflow to a transaction, unless there are no tasks."""
    if not tasks or hired.cloud_id is None:
        return
    cloud = Reference(entity_type=EntityType.TALENT_CLOUD, entity_id=hired.cloud_id)
    workflow = Workflow(
        id=tx.new_id(),
        type=type_,
        parties=hired.parties,
        references=(*references, cloud),
        created=stamp(now),
        created_by_id=user_id,
        modified=stamp(now),
        modified_by_id=user_id,
    )
    begin(tx, workflow, copied(tasks, Author(user_id, now, tx.new_id)))


def _withdraw(tx: Transaction, workflows: Sequence[Workflow], user_id: str | None, now: str) -> None:
    for workflow in workflows:
        if workflow.status.running and workflow.type is not SectionType.OFFBOARDING:
            withdraw(tx, workflow, user_id, now)
