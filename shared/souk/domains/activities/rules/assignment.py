"""Which contracts an activity is assigned to. Pure."""

from collections.abc import Iterable

from souk.domains.activities.inputs import ActivityChange, NewActivity
from souk.domains.activities.model import Activities, Activity, Assignment
from souk.domains.activities.rules.values import MAX_CONTRACTS
from souk.domains.agreements.model import Parties
from souk.values.problems import Problems


def requested(
    problems: Problems, request: NewActivity | ActivityChange, before: Activity | None
) -> tuple[Assignment, tuple[str, ...]]:
    """Return the assignment of an activity after a request, and the contracts that it lists then."""
    after = request.batch_assignment or (before.assignment if before else Assignment.SELECTED)
    if request.contract_ids is None:
        return after, before.contract_ids if before and after is Assignment.SELECTED else ()
    if after is not Assignment.SELECTED:
        problems.add(
            "contractIds",
            f"leave it out: {after} assigns contracts by a rule. To list contracts, send batchAssignment: "
            f"{Assignment.SELECTED}.",
        )
    listed = tuple(dict.fromkeys(request.contract_ids))
    if len(listed) > MAX_CONTRACTS:
        problems.add(
            "contractIds", f"an activity lists at most {MAX_CONTRACTS} contracts; use batchAssignment for more."
        )
    return after, listed


def covers(activity: Activity, contract_id: str, parties: Parties) -> bool:
    """Return whether an activity is assigned to a contract. Ended contracts keep their activities."""
    match activity.assignment:
        case Assignment.SELECTED:
            return contract_id in activity.contract_ids
        case Assignment.ORGANIZATION:
            return parties.client_team_id == activity.organization_id
        case Assignment.COMPANY:
            return parties.client_company_id == activity.company_id
        case Assignment.MANAGED:
            return not set(activity.managed_ids).isdisjoint(parties.client)


def by_code(activities: Iterable[Activity], parties: Parties) -> Activities:
    """Return the activities of a contract by their codes: one for each (`store.activities_of`)."""

    def order(one: Activity) -> tuple[bool, bool, bool, int]:
        own, company = one.organization_id == parties.client_team_id, one.organization_id == parties.client_company_id
        return one.archived, not own, not company, int(one.organization_id)

    last_wins = sorted(activities, key=order, reverse=True)
    return Activities({one.code: one for one in last_wins})
