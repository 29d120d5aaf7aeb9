"""Making workflows by hand, and adding tasks to them."""

from dataclasses import dataclass
from typing import Final

from souk.domains import load
from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead
from souk.domains.clouds.commands.access import led as led_cloud
from souk.domains.clouds.commands.people import freelancers
from souk.domains.clouds.model import SectionType
from souk.domains.clouds.rules.access import require_active
from souk.domains.clouds.store import CLOUDS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.workflow.commands.access import Once, Seen, check_assignees, led, seen
from souk.domains.workflow.commands.saving import begin, change
from souk.domains.workflow.inputs import AddedTask, NewWorkflow
from souk.domains.workflow.model import EntityType, Hire, Reference, Workflow
from souk.domains.workflow.rules import making
from souk.domains.workflow.rules.making import Author
from souk.domains.workflow.rules.standing import Standing
from souk.domains.workflow.rules.tasks import MAX_TASKS, require_open, settled
from souk.domains.workflow.store import MAX_PER_HIRE, workflows_of
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_NO_ENTITY: Final = "This {} does not exist, or you cannot see it."
_NAMES: Final = {EntityType.OFFER: "offer", EntityType.CONTRACT: "contract"}


@dataclass(frozen=True, slots=True)
class _Subject:
    """The entity of a new workflow."""

    parties: Parties
    references: tuple[Reference, ...]
    worked: bool = False


def create(ctx: Context, request: NewWorkflow) -> Seen:
    """Make a workflow. A repeated idempotency key returns the workflow of the first request."""
    entity_type, start = making.entity_type("input.entityType", request.entity_type), Problems("input")
    once = Once.of(ctx, start, "createWorkflow", request, request.idempotency_key)
    making.check_number(start, request.tasks)
    start.raise_if_any()

    def attempt(tx: Transaction) -> Seen:
        if made := once.made(ctx.table):
            return seen(ctx, made[0])
        author, problems = Author(ctx.principal.user_id, ctx.now, ctx.table.new_id), Problems("input")
        subject = _subject(ctx, tx, entity_type, request)
        tasks = making.by_hand(
            [problems.below(f"tasks.{at}") for at in range(len(request.tasks))], request.tasks, (), author
        )
        making.check_size(problems, tasks)
        problems.raise_if_any()
        check_assignees(ctx.table, problems, subject.parties, tasks, "tasks.{}.assigneeUserId")
        problems.raise_if_any()
        now = stamp(ctx.now)
        workflow = Workflow(
            id=ctx.table.new_id(),
            type=request.type,
            parties=subject.parties,
            references=subject.references,
            worked=subject.worked,
            created=now,
            created_by_id=author.user_id,
            modified=now,
            modified_by_id=author.user_id,
        )
        whole = begin(tx, workflow, settled(tasks, now))
        once.reserve(tx, workflow.id)
        return Seen(whole, Standing.of(workflow.parties, ctx.principal))

    result = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return result


def add_task(ctx: Context, request: AddedTask) -> tuple[Seen, str]:
    """Add a task to a workflow, and return its id. A repeated idempotency key returns the task of the first request."""
    start = Problems("input")
    once = Once.of(ctx, start, "addWorkflowTask", request, request.idempotency_key)
    start.raise_if_any()

    def attempt(tx: Transaction) -> tuple[Seen, str]:
        if made := once.made(ctx.table):
            return seen(ctx, made[0]), made[1]
        found = led(ctx, request.workflow_id)
        whole, parties, problems = found.whole, found.whole.workflow.parties, Problems("input")
        require_open(whole.workflow)
        if len(whole.tasks) >= MAX_TASKS:
            raise Conflict(f"A workflow has at most {MAX_TASKS} tasks, inactive ones too.")
        author = Author(ctx.principal.user_id, ctx.now, ctx.table.new_id)
        (task,) = making.by_hand([problems.below("task")], (request.task,), whole.tasks, author)
        problems.raise_if_any()
        making.check_size(problems, (*whole.tasks, task))
        check_assignees(ctx.table, problems, parties, (task,), "task.assigneeUserId")
        problems.raise_if_any()
        stored = change(tx, ctx.table, whole, (*whole.tasks, task), user_id=author.user_id, now=stamp(ctx.now))
        once.reserve(tx, whole.id, task.id)
        return Seen(stored, found.standing), task.id

    result = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return result


def _subject(ctx: Context, tx: Transaction, entity_type: EntityType, request: NewWorkflow) -> _Subject:
    """Return the entity of a request, which the transaction requires to stay as it was read."""
    if entity_type is EntityType.TALENT_CLOUD:
        return _member(ctx, tx, request)
    hire = _hire(ctx, entity_type, request.entity_id)
    contract = _hire(ctx, EntityType.CONTRACT, hire.contract_id) if hire.contract_id else None
    latest = contract or hire
    if not latest.open and not (latest.entity_type is EntityType.CONTRACT and request.type is SectionType.OFFBOARDING):
        raise Conflict(f"This {_NAMES[latest.entity_type]} has ended.")
    if request.freelancer_user_id not in (None, hire.parties.vendor_user_id):
        raise Unprocessable("input.freelancerUserId: must be the freelancer of the offer or contract.")
    existing = workflows_of(ctx.table, latest.entity_type, latest.entity_id)
    if any(one.type is request.type and one.status.running for one in existing):
        raise Conflict("There is a workflow of this type that has not ended. Add tasks to it, or waive it first.")
    if len(existing) >= MAX_PER_HIRE:
        raise Conflict(f"An offer or a contract has at most {MAX_PER_HIRE} workflows.")
    latest.touch(tx)
    references = (hire.reference, contract.reference) if contract else (hire.reference,)
    return _Subject(hire.parties, references, latest.worked)


def _hire(ctx: Context, entity_type: EntityType, entity_id: str) -> Hire:
    """Return an offer or contract that the caller may make workflows for. Raises NotFound and Forbidden."""
    domain = f"{_NAMES[entity_type]}s"
    hire: Hire | None = load(domain).facts[f"{domain}.hire"](ctx.table, entity_id)
    if hire is None or not hire.parties.include(ctx.principal):
        raise NotFound(_NO_ENTITY.format(_NAMES[entity_type]))
    require_client_lead(hire.parties, ctx.principal)
    return hire


def _member(ctx: Context, tx: Transaction, request: NewWorkflow) -> _Subject:
    """Return a member of a talent cloud."""
    cloud = led_cloud(ctx, request.entity_id)
    require_active(cloud)
    user_id = request.freelancer_user_id
    if user_id is None:
        raise Unprocessable("input.freelancerUserId: name the member of the talent cloud.")
    member = ctx.table.get(RELATIONS, RelationKind.CLOUD, cloud.id, user_id, consistent=True)
    freelancer = freelancers(ctx.table, [user_id]).get(user_id) if member else None
    if member is None or freelancer is None:
        raise Unprocessable("input.freelancerUserId: must be a member of the talent cloud.")
    tx.check(CLOUDS, cloud)
    tx.check(RELATIONS, member)
    own = freelancer.user.organization_id
    organization_id = own if own in freelancer.organizations else freelancer.organizations[0]
    parties = Parties(
        client_user_id=ctx.principal.user_id,
        client_team_id=cloud.organization_id,
        client_company_id=cloud.company_id,
        vendor_user_id=user_id,
        vendor_team_id=organization_id,
        vendor_company_id=organization_id,
    )
    return _Subject(parties, (Reference(entity_type=EntityType.TALENT_CLOUD, entity_id=cloud.id),))
