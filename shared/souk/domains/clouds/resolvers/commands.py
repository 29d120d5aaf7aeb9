"""The mutations of clouds."""

from typing import Any

from souk.domains.clouds.commands import clouds, members, requests, tasks
from souk.domains.clouds.inputs import AddedFreelancers, CloudChange, NewCloud, NewRequest, RequestAnswer, WholeTasks
from souk.domains.clouds.model import Cloud
from souk.domains.clouds.resolvers.declared import CLOUDS, domain
from souk.domains.clouds.views import CloudView, RequestView
from souk.graph import Context


def _for_client(cloud: Cloud) -> CloudView:
    return CloudView(cloud, client=True)


@domain.mutation("createTalentCloud", scopes=CLOUDS)
def create_talent_cloud(ctx: Context, input: NewCloud) -> CloudView:
    """Make a cloud."""
    return _for_client(clouds.create(ctx, input))


@domain.mutation("updateTalentCloud", scopes=CLOUDS)
def update_talent_cloud(ctx: Context, input: CloudChange) -> CloudView:
    """Change a cloud."""
    return _for_client(clouds.update(ctx, input))


@domain.mutation("archiveTalentCloud", scopes=CLOUDS)
def archive_talent_cloud(ctx: Context, id: str) -> CloudView:
    """Archive a cloud."""
    return _for_client(clouds.archive(ctx, id))


@domain.mutation("restoreTalentCloud", scopes=CLOUDS)
def restore_talent_cloud(ctx: Context, id: str) -> CloudView:
    """Restore an archived cloud."""
    return _for_client(clouds.restore(ctx, id))


@domain.mutation("setTalentCloudTasks", scopes=CLOUDS)
def set_talent_cloud_tasks(ctx: Context, input: WholeTasks) -> CloudView:
    """Replace the tasks of a cloud."""
    return _for_client(tasks.set_tasks(ctx, input))


@domain.mutation("addFreelancersToTalentCloud", scopes=CLOUDS)
def add_freelancers(ctx: Context, input: AddedFreelancers) -> dict[str, Any]:
    """Add freelancers to a cloud."""
    added, failed = members.add(ctx, input)
    return {"added": added, "failed": failed}


@domain.mutation("removeFreelancerFromTalentCloud", scopes=CLOUDS)
def remove_freelancer(ctx: Context, talent_cloud_id: str, user_id: str) -> bool:
    """Remove a member from a cloud."""
    members.remove(ctx, talent_cloud_id, user_id)
    return True


@domain.mutation("requestToJoinTalentCloud", scopes=CLOUDS)
def request_to_join(ctx: Context, input: NewRequest) -> RequestView:
    """Ask to join a cloud."""
    return RequestView(*requests.ask(ctx, input), client=False)


@domain.mutation("withdrawTalentCloudRequest", scopes=CLOUDS)
def withdraw_request(ctx: Context, talent_cloud_id: str) -> RequestView:
    """Withdraw the caller's request."""
    return RequestView(*requests.withdraw(ctx, talent_cloud_id), client=False)


@domain.mutation("answerTalentCloudRequest", scopes=CLOUDS)
def answer_request(ctx: Context, input: RequestAnswer) -> RequestView:
    """Answer a request to join a cloud."""
    return RequestView(*requests.answer(ctx, input), client=True)
