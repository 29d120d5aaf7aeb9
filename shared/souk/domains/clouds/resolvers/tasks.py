"""The tasks of clouds."""

from typing import Any

from souk.domains.clouds import lists
from souk.domains.clouds.inputs import TasksFilter
from souk.domains.clouds.resolvers.declared import domain
from souk.domains.clouds.store import TASKS
from souk.domains.clouds.views import CloudView, TasksView
from souk.graph import Context, ListSize, Scope


@domain.query("talentCloudTasks", scopes=[Scope.JOB_POSTINGS_READ, Scope.JOB_POSTINGS_WRITE], size=ListSize(10, 50))
def talent_cloud_tasks(ctx: Context, filter: TasksFilter) -> list[TasksView]:
    """Return the tasks of some clouds, as far as the caller sees them."""
    return lists.tasks(ctx, filter.talent_cloud_ids_any)


domain.link("PrivateTalentCloud.talentCloudTasks", to=TASKS, by="id", shown=TasksView)


@domain.field("TalentCloudTask.talentCloud")
def cloud(source: TasksView, ctx: Context) -> CloudView:
    """Return the cloud of the tasks."""
    return source.view


@domain.field("TalentCloudTask.taskSections")
def sections(source: TasksView, ctx: Context) -> list[dict[str, Any]]:
    """Return the sections with the tasks that the caller sees."""
    return source.sections()
