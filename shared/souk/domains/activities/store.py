"""The table's items of activities.

ACTIVITY#<organization>     CODE#<code>  an activity of a team or of a company: it lists its contracts, or has a rule
ACTIVITY#<organization>     COUNT        counter: its activities
ACTIVITY#OF#<contract>      CODES        the activities that list a contract
ACTIVITY#RULES#<company>    RULES        the activities of a company and its teams that are assigned by a rule

An activity says itself which contracts it is assigned to. The other two items only lead to it, so an activity that has
not changed is still assigned as it was. Each of these items is bounded, and the write that adds to it refuses more.
"""

from collections.abc import Collection as Codes
from collections.abc import Iterable
from typing import Final

from souk.domains.activities.model import Activities, Activity, ActivityRef, CompanyRules, ContractCodes
from souk.domains.activities.rules.assignment import by_code, covers
from souk.domains.activities.rules.values import MAX_ACTIVITIES
from souk.domains.contracts.model import Contract
from souk.storage import Collection, Key, StoredList, Table, Transaction
from souk.values.errors import Unprocessable

WRITES: Final = ("ACTIVITY#",)
"""The key prefixes that only this domain writes."""


def activity_key(organization_id: str, code: str) -> Key:
    """Return the key of an activity."""
    return Key(f"ACTIVITY#{organization_id}", f"CODE#{code}")


def count_key(organization_id: str) -> Key:
    """Return the key of the counter of an organization's activities."""
    return Key(f"ACTIVITY#{organization_id}", "COUNT")


def codes_key(contract_id: str) -> Key:
    """Return the key of the activities that list a contract."""
    return Key(f"ACTIVITY#OF#{contract_id}", "CODES")


def rules_key(company_id: str) -> Key:
    """Return the key of the activities of a company that have a rule."""
    return Key(f"ACTIVITY#RULES#{company_id}", "RULES")


ACTIVITIES: Collection[Activity] = Collection(
    name="Activity",
    model=Activity,
    key=activity_key,
    key_of=lambda one: activity_key(one.organization_id, one.code),
    filters={"status": lambda one: one.status},
    counters={"": lambda one: count_key(one.organization_id)},
)
CONTRACT_CODES: Collection[ContractCodes] = Collection(
    name="ContractCodes", model=ContractCodes, key=codes_key, key_of=lambda one: codes_key(one.contract_id)
)
COMPANY_RULES: Collection[CompanyRules] = Collection(
    name="CompanyRules", model=CompanyRules, key=rules_key, key_of=lambda one: rules_key(one.company_id)
)
TEAM_ACTIVITIES: Final = StoredList(
    "teamActivities", ACTIVITIES, "ACTIVITY#{}".format, prefix="CODE#", newest_first=False, counter=count_key
)
"""The activities of a team or of a company itself, in the order of their codes."""
LISTS: Final = (TEAM_ACTIVITIES,)


def create_activity(tx: Transaction, activity: Activity) -> Activity:
    """Add a new activity to a transaction, which raises Unprocessable if its organization has too many."""
    tx.limit(
        count_key(activity.organization_id),
        MAX_ACTIVITIES,
        Unprocessable(f"A team can have at most {MAX_ACTIVITIES} activities, archived ones too."),
    )
    return tx.create(ACTIVITIES, activity)


def activities_of(table: Table, contract: Contract, codes: Codes[str] | None = None) -> Activities:
    """Return the activities of a contract, archived ones too: those that list it, and those whose rule covers it.

    With `codes`, only those with these codes are read. Takes two round trips, and none without codes. The reads are
    strongly consistent. If activities of several organizations with one code are assigned, an active one comes before
    an archived one, then the contract's own team before its company and that before other teams.
    """
    if codes is not None and not codes:
        return Activities({})
    return by_code(assigned(table, contract, codes), contract.parties)


def activities_listed(table: Table, contract: Contract, codes: Codes[str], listed: ContractCodes | None) -> Activities:
    """Return `activities_of` a contract, whose list of activities was read before (`CONTRACT_CODES`).

    Takes one round trip, and a second one only for activities that a rule assigns.
    """
    known = [one for one in listed.activities if one.code in codes] if listed else []
    ruled = rules_key(contract.parties.client_company_id)
    items = table.batch_get([ruled, *(activity_key(one.organization_id, one.code) for one in known)], consistent=True)
    rules = COMPANY_RULES.decode(items.pop(ruled)).activities if ruled in items else ()
    found = [ACTIVITIES.decode(item) for item in items.values()]
    found += activities_at(table, [one for one in rules if one.code in codes and one not in known]).values()
    return by_code([one for one in found if covers(one, contract.id, contract.parties)], contract.parties)


def check_activities(tx: Transaction, activities: Activities, codes: Iterable[str]) -> None:
    """Require that the activities with these codes have not changed since they were read, nor their assignment.

    Takes one operation for each activity. Codes that are not assigned are left out: there is nothing to check.
    """
    for code in sorted(set(codes)):
        if activity := activities.find(code):
            tx.check(ACTIVITIES, activity)


def assigned(table: Table, contract: Contract, codes: Codes[str] | None = None) -> list[Activity]:
    """Return all activities that are assigned to a contract, in the order of their codes (`activities_of`)."""
    listing, ruled = codes_key(contract.id), rules_key(contract.parties.client_company_id)
    items = table.batch_get([listing, ruled], consistent=True)
    refs: list[ActivityRef] = []
    if item := items.get(listing):
        refs += CONTRACT_CODES.decode(item).activities
    if item := items.get(ruled):
        refs += COMPANY_RULES.decode(item).activities
    found = activities_at(table, [one for one in refs if codes is None or one.code in codes])
    mine = [one for one in found.values() if covers(one, contract.id, contract.parties)]
    return sorted(mine, key=lambda one: (one.code, int(one.organization_id)))


def activities_at(table: Table, refs: Iterable[ActivityRef]) -> dict[ActivityRef, Activity]:
    """Return the activities that exist, in one round trip. The reads are strongly consistent."""
    keys = {activity_key(one.organization_id, one.code): one for one in refs}
    items = table.batch_get(keys, consistent=True)
    return {ref: ACTIVITIES.decode(items[key]) for key, ref in keys.items() if key in items}
