"""The talent clouds of the demo data, made by the commands. Acme's has tasks, a request to join and a workflow, too."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.domains.clouds.commands import clouds, members, requests, tasks
from souk.domains.clouds.inputs import AddedFreelancers, NewCloud, NewRequest, NewSection, NewTask, WholeTasks
from souk.domains.clouds.model import SectionType, TaskRole
from souk.domains.clouds.store import clouds_by_id
from souk.domains.jobs.model import Job
from souk.domains.workflow.commands import changing, making
from souk.domains.workflow.inputs import NewComment, NewWorkflow, TaskDetails
from souk.domains.workflow.inputs import NewTask as WorkflowTask
from souk.domains.workflow.model import TaskStatus
from souk.domains.workflow.store import workflow_by_id
from souk.local.demo.accounts import context_of
from souk.local.demo.people import user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table

_FIRST_COMPANY, _FIRST = 1_300_000_000_000_000_001, 1_390_000_000_000_000_001
CLOUD: Final = str(_FIRST)
"""The cloud of Acme. Sofia is a member, as of the clouds of other clients, and Mia asks to join."""
_SOFIA, _MIA = user_id(101), user_id(110)
_FIRST_TASK = 1_392_000_000_000_000_001
_BEGUN, _SIGNED = timedelta(days=189), timedelta(days=188)
_MADE, _JOINED, _ASKED = timedelta(days=200), timedelta(days=190), timedelta(days=2)


def cloud_id(company_id: str) -> str:
    """Return the id of the cloud of a client that some of its jobs are restricted to."""
    return str(int(company_id) - _FIRST_COMPANY + _FIRST)


_PLAIN: Final = NewCloud(name="People we know", description="Freelancers whom we ask first.")
_REQUEST: Final = NewCloud(
    name="Anvil engineers",
    external_name="Friends of Acme",
    description="People who have worked for us, and whom we ask first.",
    join_instructions="Tell us which of our products you know.",
    welcome_message_to_added_freelancers="Welcome! You see our private postings from now on.",
    message_after_join_request="Thank you. We answer within a week.",
    join_rejection_message="Not this time. You can ask again when you know our products.",
    onboarding_task_enabled=True,
)
_TASKS: Final = WholeTasks(
    talent_cloud_id=CLOUD,
    sections=(
        NewSection(key="start", name="Before you start", type=SectionType.ONBOARDING),
        NewSection(key="end", name="When you leave", type=SectionType.OFFBOARDING),
    ),
    tasks=(
        NewTask(key="agreement", section_keys=("start",), name="Sign the agreement", due_in_days=3),
        NewTask(
            key="access",
            section_keys=("start",),
            name="Give access to the repository",
            primary_task_owner=TaskRole.HIRING_MANAGER,
            depends_on_keys=("agreement",),
            due_in_days=5,
        ),
        NewTask(key="return", section_keys=("end",), name="Return the equipment"),
    ),
)


WORKFLOW: Final = str(_FIRST_TASK + 2)
"""The workflow of Sofia as a member of Acme's cloud."""
_WORKFLOW: Final = NewWorkflow(
    entity_type="TalentCloud",
    entity_id=CLOUD,
    type=SectionType.ONBOARDING,
    freelancer_user_id=_SOFIA,
    tasks=(
        WorkflowTask(key="agreement", title="Sign the agreement"),
        WorkflowTask(
            title="Give access to the repository",
            primary_task_owner=TaskRole.HIRING_MANAGER,
            depends_on=("agreement",),
        ),
    ),
)


def make_clouds(table: Table, memberships: Iterable[Membership], posted: Iterable[Job], now: datetime) -> int:
    """Make the missing clouds that postings name, and return their number. Acme's is made last.

    A release before clouds were built has written Sofia's membership in that one alone: it is completed.
    """
    members_ = list(memberships)
    owners = {one.organization_id: one for one in members_ if one.role is Role.OWNER}
    companies = sorted({job.company_id for job in posted if job.talent_cloud_ids}, reverse=True)
    present = clouds_by_id(table, map(cloud_id, companies), consistent=True)
    missing = [company for company in companies if cloud_id(company) not in present]
    for company in missing:
        _make(table, owners[company], cloud_id(company), now)
    if cloud_id(companies[-1]) not in present:
        mia = next(one for one in members_ if one.user_id == _MIA)
        message = "My agency has worked with your shop for years."
        asked = NewRequest(talent_cloud_id=CLOUD, message=message)
        requests.ask(context_of(QuietTable.of(table), mia, now - _ASKED), asked)
    if workflow_by_id(table, WORKFLOW) is None:
        sofia = next(one for one in members_ if one.user_id == _SOFIA)
        _begin_workflow(table, owners[companies[-1]], sofia, now)
    return len(missing)


def _begin_workflow(table: Table, owner: Membership, sofia: Membership, now: datetime) -> None:
    """Begin Sofia's tasks as a member of Acme's cloud. She has signed, and waits for the access."""
    quiet, ids = QuietTable.of(table), count(_FIRST_TASK)
    quiet.new_id = lambda: str(next(ids))  # its tasks come first
    whole = making.create(context_of(quiet, owner, now - _BEGUN), _WORKFLOW).whole
    quiet = QuietTable.of(table)
    signed, access = (one.id for one in whole.tasks)
    done = TaskDetails(status=TaskStatus.COMPLETED)
    changing.update(context_of(quiet, sofia, now - _SIGNED), whole.id, signed, done)
    begun = TaskDetails(status=TaskStatus.IN_PROGRESS)
    changing.update(context_of(quiet, owner, now - _SIGNED), whole.id, access, begun)
    asked = NewComment(workflow_id=whole.id, task_id=access, message="Which account do you use there?")
    changing.comment(context_of(quiet, owner, now - _SIGNED), asked)


def _make(table: Table, owner: Membership, id_: str, now: datetime) -> None:
    quiet = QuietTable.of(table)
    quiet.new_id = lambda: id_  # fixed, as all ids of the demo data are
    clouds.create(context_of(quiet, owner, now - _MADE), _REQUEST if id_ == CLOUD else _PLAIN)
    quiet = QuietTable.of(table)
    if id_ == CLOUD:
        tasks.set_tasks(context_of(quiet, owner, now - _MADE), _TASKS)
    added = AddedFreelancers(talent_cloud_id=id_, user_ids=(_SOFIA,))
    members.add(context_of(quiet, owner, now - _JOINED), added)
