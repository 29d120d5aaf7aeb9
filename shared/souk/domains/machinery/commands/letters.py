"""Moving dead letters back, to be processed again."""

from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.machinery.providers import queues
from souk.domains.machinery.providers.queues import LetterKind
from souk.graph import Context
from souk.values.errors import Conflict, NotFound


def redrive(ctx: Context, name: str, reason: str) -> int:
    """Move the letters of a queue back, at most `queues.MAX_MOVED`, and return how many.

    Raises NotFound for an unknown queue, Conflict for one whose letters cannot be moved, and Unavailable.
    """
    queue = queues.letter_queues().get(name)
    if queue is None:
        raise NotFound("There is no such queue.")
    if queue.kind is LetterKind.STREAM:
        raise Conflict(
            "These letters only name places in the table's stream. Send the events of their time again, or rebuild the "
            "search indexes."
        )
    tx = ctx.table.transaction()
    record(tx, actor_of(ctx), "redriveDeadLetters", Subject(type="DeadLetterQueue", id=name), reason=reason)
    tx.commit()
    return queues.move_back(queue, queues.own_access())
