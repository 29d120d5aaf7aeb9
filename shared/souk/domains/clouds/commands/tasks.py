"""Setting the sections and tasks of a cloud."""

from souk.domains.clouds.commands.access import administered
from souk.domains.clouds.commands.clouds import announce
from souk.domains.clouds.commands.files import check_attachments
from souk.domains.clouds.inputs import WholeTasks
from souk.domains.clouds.model import Cloud, CloudEvent, CloudTasks
from souk.domains.clouds.rules import tasks as rules
from souk.domains.clouds.store import TASKS
from souk.graph import Context
from souk.storage import Transaction
from souk.values.problems import Problems


def set_tasks(ctx: Context, request: WholeTasks) -> Cloud:
    """Replace the whole list. Setting the same list again changes nothing. Workflows that run stay as they are."""

    def attempt(tx: Transaction) -> Cloud:
        cloud = administered(ctx, request.talent_cloud_id)
        stored = ctx.table.get(TASKS, cloud.id, consistent=True)
        before, problems = stored or CloudTasks(cloud_id=cloud.id), Problems("input")
        after = rules.replaced(problems, before, request, ctx.table.new_id)
        check_attachments(ctx, problems, before, after, cloud.company_id)
        problems.raise_if_any()
        if after != before:
            (tx.update if stored else tx.create)(TASKS, after)
            announce(tx, cloud, CloudEvent.UPDATE)
        return cloud

    result = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return result
