"""Which contracts an activity is assigned to. Pure."""

from collections.abc import Iterable

from souk.domains.activities.model import Activities, Activity, Assignment
from souk.domains.agreements.model import Parties


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
