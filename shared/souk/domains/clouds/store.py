"""The table's items of talent clouds.

CLOUD#<id>         CLOUD             a cloud
                   GSI1 CLOUDS#<company> / CLOUD#<id>: the clouds of a company and its teams
                   TASKS             its sections and tasks, all in one item (ADR 42)
                   MEMBER#<user>     a member: a relation of the market (`souk.domains.market.store`)
                   REQUEST#<user>    the latest request of a freelancer to join
                   GSI1 CLOUDREQUESTS#<user> / <created>#<cloud>: the requests of a freelancer
                   GSI2 CLOUDREQUESTS#OF#<cloud> / <created>#<user>: the requests to join a cloud
CLOUDS#<company>   COUNT             the number of clouds of a company
                   PERSON#<user>     tally of those that a person is in (`souk.domains.market.store`)
UNIQ#cloud#name#<organization>#<name>   held by the active cloud with this name
UNIQ#cloud#key#<SHA-256>                held by the cloud that a request with an idempotency key has made
UNIQ#cloud#logo#<file>                  held by the cloud whose logo a file is
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from souk.domains.clouds.model import ActiveTasks, Cloud, CloudTasks, JoinRequest
from souk.storage import Collection, Key, StoredList, Table, Transaction
from souk.values.errors import Conflict

WRITES: Final = ("CLOUD#", "CLOUDS#", "UNIQ#cloud#")
"""The key prefixes that only this domain writes. Memberships are among them."""
MAX_CLOUDS: Final = 200
"""The clouds of a company and its teams, with archived ones."""


def cloud_key(cloud_id: str) -> Key:
    """Return the key of a cloud."""
    return Key(f"CLOUD#{cloud_id}", "CLOUD")


def tasks_key(cloud_id: str) -> Key:
    """Return the key of the tasks of a cloud."""
    return Key(f"CLOUD#{cloud_id}", "TASKS")


def request_key(cloud_id: str, user_id: str) -> Key:
    """Return the key of a request to join a cloud."""
    return Key(f"CLOUD#{cloud_id}", f"REQUEST#{user_id}")


def count_key(company_id: str) -> Key:
    """Return the key of the number of clouds of a company."""
    return Key(f"CLOUDS#{company_id}", "COUNT")


CLOUDS: Collection[Cloud] = Collection(
    name="TalentCloud",
    model=Cloud,
    key=cloud_key,
    key_of=lambda one: cloud_key(one.id),
    indexes={"GSI1": lambda one: Key(f"CLOUDS#{one.company_id}", f"CLOUD#{one.id}")},
    counters={"GSI1": lambda one: count_key(one.company_id)},
)
TASKS: Collection[CloudTasks] = Collection(
    name="TalentCloudTasks", model=CloudTasks, key=tasks_key, key_of=lambda one: tasks_key(one.cloud_id)
)
REQUESTS: Collection[JoinRequest] = Collection(
    name="TalentCloudRequest",
    model=JoinRequest,
    key=request_key,
    key_of=lambda one: request_key(one.cloud_id, one.user_id),
    indexes={
        "GSI1": lambda one: Key(f"CLOUDREQUESTS#{one.user_id}", f"{one.created}#{one.cloud_id}"),
        "GSI2": lambda one: Key(f"CLOUDREQUESTS#OF#{one.cloud_id}", f"{one.created}#{one.user_id}"),
    },
    filters={"state": lambda one: one.state},
)

COMPANY_CLOUDS: Final = StoredList(
    "talentClouds", CLOUDS, "CLOUDS#{}".format, index="GSI1", prefix="CLOUD#", counter=count_key
)
"""The clouds of a company and its teams."""
OWN_REQUESTS: Final = StoredList("ownTalentCloudRequests", REQUESTS, "CLOUDREQUESTS#{}".format, index="GSI1")
"""The requests of a freelancer."""
CLOUD_REQUESTS: Final = StoredList("talentCloudRequests", REQUESTS, "CLOUDREQUESTS#OF#{}".format, index="GSI2")
"""The requests to join a cloud."""
LISTS: Final = (COMPANY_CLOUDS, OWN_REQUESTS, CLOUD_REQUESTS)


def tasks_for(table: Table, cloud_id: str, *, consistent: bool = True) -> ActiveTasks | None:
    """Return a cloud with its active sections and tasks, in the client's order, as they are copied into workflows.

    None for a cloud that is archived or does not exist. It takes one round trip. The caller checks the cloud's company
    and `tasks_enabled`; `ActiveTasks.of_types` picks the tasks of a workflow. Dependencies can name tasks of other
    sections.
    """
    return active_tasks(table.batch_get(tasks_keys(cloud_id), consistent=consistent), cloud_id)


def tasks_keys(cloud_id: str) -> list[Key]:
    """Return the keys of the items that `active_tasks` decodes, for a command that reads them together with others."""
    return [cloud_key(cloud_id), tasks_key(cloud_id)]


def active_tasks(items: Mapping[Key, Mapping[str, Any]], cloud_id: str) -> ActiveTasks | None:
    """Return what `tasks_for` does, from items that were read (`Table.batch_get`)."""
    at_cloud, at_tasks = tasks_keys(cloud_id)
    cloud = CLOUDS.decode(items[at_cloud]) if at_cloud in items else None
    if cloud is None or not cloud.active:
        return None
    tasks = TASKS.decode(items[at_tasks]) if at_tasks in items else CloudTasks(cloud_id=cloud_id)
    return ActiveTasks(
        cloud,
        tuple(one for one in tasks.sections if one.active),
        tuple(one for one in tasks.tasks if one.active),
    )


def clouds_by_id(table: Table, ids: Iterable[str], *, consistent: bool = False) -> dict[str, Cloud]:
    """Return the clouds that exist, by their ids, in one round trip. No ids need none."""
    keys = [cloud_key(one) for one in ids]
    items = table.batch_get(keys, consistent=consistent) if keys else {}
    return {one.id: one for one in map(CLOUDS.decode, items.values())}


def closed_clouds(table: Table, ids: Iterable[str]) -> frozenset[str]:
    """Return which clouds are archived. A cloud of an earlier release, of which only members are stored, is not."""
    return frozenset(id_ for id_, one in clouds_by_id(table, ids, consistent=True).items() if not one.active)


def create_cloud(tx: Transaction, cloud: Cloud) -> Cloud:
    """Add a new cloud to a transaction. Its commit raises Conflict for a name in use, and above the limit."""
    _reserve_name(tx, cloud)
    too_many = Conflict(f"A company has at most {MAX_CLOUDS} talent clouds. Rename and restore an archived one.")
    tx.limit(count_key(cloud.company_id), MAX_CLOUDS, too_many)
    return tx.create(CLOUDS, cloud)


def update_cloud(tx: Transaction, before: Cloud, after: Cloud) -> Cloud:
    """Add a changed cloud to a transaction. An active cloud holds its name."""
    if (before.active, _name_guard(before)) != (after.active, _name_guard(after)):
        if before.active:
            tx.release(_name_guard(before), before.id)
        if after.active:
            _reserve_name(tx, after)
    return tx.update(CLOUDS, after)


def _reserve_name(tx: Transaction, cloud: Cloud) -> None:
    taken = Conflict(f"This organization has an active talent cloud with the name {cloud.name!r}. Choose another name.")
    tx.reserve(_name_guard(cloud), cloud.id, taken)


def _name_guard(cloud: Cloud) -> str:
    name = sha256(cloud.name.casefold().encode()).hexdigest()
    return f"UNIQ#cloud#name#{cloud.organization_id}#{name}"


def idempotency_guard(user_id: str, organization_id: str, key: str) -> str:
    """Return the unique value for the idempotency key of a person in an organization."""
    return f"UNIQ#cloud#key#{sha256(f'{organization_id}#{user_id}#{key}'.encode()).hexdigest()}"


def logo_guard(file_id: str) -> str:
    """Return the unique value for the file of a logo."""
    return f"UNIQ#cloud#logo#{file_id}"
