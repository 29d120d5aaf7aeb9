"""The table items of the audit trail.

AUDIT#<yyyy-mm>   <id>   an action of an operator   GSI1 AUDIT#SUBJECT#<id> / <id>: the actions on a subject
                                                    GSI2 AUDIT#OPERATOR#<id> / <id>: the actions of an operator

Ids sort by time. Functions can only create these items: their roles have no right to update or delete them, and
`Transaction.create` never replaces an item.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from souk.domains.audit.model import IMPERSONAL, PERSONAL, Actor, FieldChange, OperatorAction, Subject
from souk.storage import Collection, Key, StoredList, Transaction
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.graph import Context  # lower domains use this without the graph

WRITES: Final = ()
"""No item of this domain is changed."""
APPENDS: Final = ("AUDIT#",)
"""The prefixes of the partition keys under which items are only created."""

Changes = Mapping[str, tuple[str | None, str | None]]
"""The changed fields, with their values before and after."""


def action_key(created: str, action_id: str) -> Key:
    """Return the key of an action."""
    return Key(f"AUDIT#{created[:7]}", action_id)


ACTIONS: Collection[OperatorAction] = Collection(
    name="OperatorAction",
    model=OperatorAction,
    key=action_key,
    key_of=lambda one: action_key(one.created, one.id),
    indexes={
        "GSI1": lambda one: Key(f"AUDIT#SUBJECT#{one.subject_id}", one.id),
        "GSI2": lambda one: Key(f"AUDIT#OPERATOR#{one.operator_id}", one.id) if one.operator_id else None,
    },
)
ACTIONS_OF_MONTH: Final = StoredList("operatorActions", ACTIONS, "AUDIT#{}".format)
"""The actions of a month (yyyy-mm), newest first."""
ACTIONS_ON_SUBJECT: Final = StoredList("actionsOnSubject", ACTIONS, "AUDIT#SUBJECT#{}".format, index="GSI1")
"""The actions on a subject, newest first."""
ACTIONS_OF_OPERATOR: Final = StoredList("actionsOfOperator", ACTIONS, "AUDIT#OPERATOR#{}".format, index="GSI2")
"""The actions of an operator, newest first."""
LISTS: Final = (ACTIONS_OF_MONTH, ACTIONS_ON_SUBJECT, ACTIONS_OF_OPERATOR)


def actor_of(ctx: "Context") -> Actor:
    """Return the author of a request."""
    return Actor(operator_id=ctx.principal.user_id, ip_address=ctx.ip_address, request_id=ctx.request_id)


def record(
    tx: Transaction,
    actor: Actor,
    action: str,
    subject: Subject,
    *,
    reason: str | None = None,
    changes: Changes | None = None,
) -> OperatorAction:
    """Add an action to the transaction of its change. `changes` have the API's names.

    Values of personal fields are left out.
    """
    kept = tuple(
        FieldChange(field=name)
        if name in PERSONAL and subject.type not in IMPERSONAL
        else FieldChange(field=name, before=before, after=after)
        for name, (before, after) in (changes or {}).items()
        if before != after
    )
    recorded = OperatorAction(
        id=tx.new_id(),
        **actor.model_dump(),
        action=action,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_title=subject.title,
        reason=reason,
        changes=kept,
        created=stamp(tx.clock.market()),
    )
    return tx.create(ACTIONS, recorded)
