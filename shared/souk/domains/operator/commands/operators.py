"""Making people operators, and taking the flag from them.

An operator is an owner of the operators' organization whose membership has the operator flag. Only memberships of this
organization have the flag.
"""

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERS, MEMBERSHIPS, Membership
from souk.authentication.standing import PERSON, STANDINGS, SUSPENDED, person_key, suspended_of
from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.identity.commands.members import save, with_companies
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.storage import Table, Transaction, View
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.times import stamp


def set_operator(
    table: Table, actor: Actor, organization_id: str, user_id: str, reason: str, *, operator: bool
) -> User:
    """Make a person an operator, or end that. Returns the person. `organization_id` is the operators' organization.

    Without the flag, their membership of the operators' organization ends as well. Does nothing if it is so already.
    Raises NotFound for an unknown person, Unprocessable for a service account, and Conflict for the last operator.
    """

    def attempt(tx: Transaction) -> User:
        user = table.get(USERS, user_id, consistent=True)
        if user is None:
            raise NotFound("This person does not exist.")
        before = table.get(MEMBERSHIPS, user.id, organization_id, consistent=True)
        if operates(before) == operator:
            return user
        if operator:
            refused = Conflict("This person is suspended. Reactivate them first.")
            tx.check_without(STANDINGS, PERSON, user.id, value=SUSPENDED, refused=refused)
        changes = {"operator": (_word(not operator), _word(operator))}
        record(tx, actor, "setOperator", Subject(type="User", id=user.id), reason=reason, changes=changes)
        return add_operator(tx, table, user, organization_id, before) if operator else _remove(tx, table, user, before)

    return table.retry_until_committed(attempt)


def operates(membership: Membership | None) -> bool:
    """Return whether a membership is that of an operator."""
    return membership is not None and membership.active and membership.operator


def add_operator(tx: Transaction, table: Table, user: User, organization_id: str, before: Membership | None) -> User:
    """Add the membership of a new operator to the transaction. `before` is the person's membership so far."""
    if user.service:
        raise Unprocessable("A service account cannot be an operator.")
    membership = before or Membership(
        id=table.new_id(),
        user_id=user.id,
        organization_id=organization_id,
        company_id=organization_id,
        role=Role.OWNER,
        since=stamp(tx.clock.market()),
    )
    after = membership.model_copy(update={"role": Role.OWNER, "active": True, "operator": True})
    save(tx, after)
    changed = with_companies(table, user, after)
    return tx.update(USERS, changed) if user.version else changed


def _remove(tx: Transaction, table: Table, user: User, before: Membership | None) -> User:
    """Add the end of an operator's membership to the transaction, which requires that another operator stays one."""
    if before is None:
        raise NotFound("This person is not an operator.")
    after = before.model_copy(update={"active": False, "operator": False})
    save(tx, after)
    require_another(tx, table, before.organization_id, user.id)
    return tx.update(USERS, with_companies(table, user, after))


def require_another(tx: Transaction, table: Table, organization_id: str, user_id: str) -> None:
    """Add to a transaction that somebody else stays an active operator. Raises Conflict if nobody would be one.

    Of two operators who remove or suspend each other, one wins.
    """
    others = [one for one in operators(table, organization_id) if one.user_id != user_id]
    standings = [person_key(one.user_id) for one in others]
    suspended = suspended_of(standings, table.batch_get(standings, consistent=True))
    other = next((one for one in others if one.user_id not in suspended), None)
    if other is None:
        raise Conflict("This is the last active operator of the marketplace. Make another person an operator first.")
    tx.check(MEMBERSHIPS, other)
    refused = Conflict("Another operator was suspended at the same time; try again.")
    tx.check_without(STANDINGS, PERSON, other.user_id, value=SUSPENDED, refused=refused)


def operators(table: Table, organization_id: str) -> list[Membership]:
    """Return the memberships of all operators, oldest first."""
    view: View[Membership, Membership] = View([operates])
    return [one for chunk in MEMBERS.of(table, organization_id).chunks(view) for one in chunk]


def _word(flag: bool) -> str:
    return str(flag).lower()
