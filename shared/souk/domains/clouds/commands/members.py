"""Adding members to a cloud and removing them. A membership counts with the next request."""

from dataclasses import dataclass
from typing import Final

from souk.domains.clouds.commands.access import NO_CLOUD, led
from souk.domains.clouds.commands.clouds import announce
from souk.domains.clouds.commands.people import Freelancer, freelancers
from souk.domains.clouds.inputs import AddedFreelancers
from souk.domains.clouds.model import Cloud, CloudEvent, JoinRequest, RequestState
from souk.domains.clouds.rules.access import require_active
from souk.domains.clouds.store import CLOUDS, REQUESTS, cloud_key, request_key
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import (
    MAX_PERSON_CLOUDS,
    RELATIONS,
    add_to_cloud,
    complete_membership,
    person_clouds_key,
    relation_key,
    remove_from_cloud,
)
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound, SoukError, Unprocessable
from souk.values.times import stamp

MAX_AT_ONCE: Final = 100
"""The freelancers that one request can add."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a person was not added. The attributes are the fields of TalentCloudMemberFailure."""

    user_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A cloud with what it keeps for a person, as it is stored now."""

    cloud: Cloud | None
    member: Relation | None
    request: JoinRequest | None


def standing(table: Table, cloud_id: str, user_id: str) -> Standing:
    """Return a cloud with what it keeps for a person, read consistently in one round trip."""
    at_cloud, at_member = cloud_key(cloud_id), relation_key(RelationKind.CLOUD, cloud_id, user_id)
    at_request = request_key(cloud_id, user_id)
    items = table.batch_get([at_cloud, at_member, at_request], consistent=True)
    return Standing(
        CLOUDS.decode(items[at_cloud]) if at_cloud in items else None,
        RELATIONS.decode(items[at_member]) if at_member in items else None,
        REQUESTS.decode(items[at_request]) if at_request in items else None,
    )


def add(ctx: Context, request: AddedFreelancers) -> tuple[list[Relation], list[Failure]]:
    """Add freelancers to a cloud, each alone: return the members, and why the others could not be added.

    Who is a member already is among the members. A pending request of theirs is approved by it.
    """
    cloud = led(ctx, request.talent_cloud_id)
    require_active(cloud)
    ids = list(dict.fromkeys(request.user_ids))
    if not 1 <= len(ids) <= MAX_AT_ONCE:
        raise Unprocessable(f"input.userIds: must be 1 to {MAX_AT_ONCE} people.")
    known = freelancers(ctx.table, ids)
    added: list[Relation] = []
    failed: list[Failure] = []
    for user_id in ids:
        try:
            added.append(_add(ctx, cloud.id, _required(known, user_id)))
        except SoukError as refused:
            failed.append(Failure(user_id, refused.code, str(refused)))
    ctx.clear_cache()
    return added, failed


def _required(known: dict[str, Freelancer], user_id: str) -> Freelancer:
    if user_id not in known:
        raise Unprocessable("There is no freelancer with this id.")
    return known[user_id]


def _add(ctx: Context, cloud_id: str, freelancer: Freelancer) -> Relation:
    def attempt(tx: Transaction) -> Relation:
        found = standing(ctx.table, cloud_id, freelancer.user.id)
        if found.cloud is None:
            raise NotFound(NO_CLOUD)
        if found.member and found.member.joined:
            return found.member
        require_active(found.cloud)
        if found.member:  # of an earlier release, which stored no more than the membership
            whole = _membership(ctx, found.cloud, freelancer, ctx.principal.user_id, found.member.version)
            return complete_membership(tx, whole)
        pending = found.request if found.request and found.request.state is RequestState.PENDING else None
        if pending:
            answered = {
                "state": RequestState.APPROVED,
                "answered": stamp(ctx.now),
                "answered_by_id": ctx.principal.user_id,
            }
            tx.update(REQUESTS, pending.model_copy(update=answered))
        elif found.request:
            tx.check(REQUESTS, found.request)
        else:
            asking = Conflict("This freelancer is asking to join right now. Try again.")
            tx.check_absent(REQUESTS, cloud_id, freelancer.user.id, refused=asking)
        return join(ctx, tx, found.cloud, freelancer, added_by_id=ctx.principal.user_id)

    return ctx.table.retry_until_committed(attempt)


def join(ctx: Context, tx: Transaction, cloud: Cloud, freelancer: Freelancer, *, added_by_id: str) -> Relation:
    """Add a new member and its event to a transaction. `added_by_id` is "" for an automatic approval."""
    freelancer.require_stranger(cloud)
    too_many = Conflict(f"This freelancer is a member of {MAX_PERSON_CLOUDS} talent clouds, which is the limit.")
    tx.limit(person_clouds_key(freelancer.user.id), MAX_PERSON_CLOUDS, too_many)
    stored = add_to_cloud(tx, _membership(ctx, cloud, freelancer, added_by_id))
    announce(tx, cloud, CloudEvent.JOIN, freelancer.organizations)
    return stored


def _membership(ctx: Context, cloud: Cloud, freelancer: Freelancer, added_by_id: str, version: int = 0) -> Relation:
    return Relation(
        kind=RelationKind.CLOUD,
        user_id=freelancer.user.id,
        target_id=cloud.id,
        company_id=cloud.company_id,
        joined=stamp(ctx.now),
        added_by_id=added_by_id,
        version=version,
    )


def remove(ctx: Context, cloud_id: str, user_id: str) -> None:
    """Remove a member. Everybody may leave; others are removed by the client, also from an archived cloud."""
    leaving = user_id == ctx.principal.user_id

    def attempt(tx: Transaction) -> None:
        found = standing(ctx.table, cloud_id, user_id)
        if not (leaving and found.member):
            led(ctx, cloud_id)
        if found.cloud is None or found.member is None:
            raise NotFound("This person is no member of this talent cloud.")
        remove_from_cloud(tx, found.member)
        freelancer = freelancers(ctx.table, [user_id]).get(user_id)
        announce(tx, found.cloud, CloudEvent.LEAVE, freelancer.organizations if freelancer else ())

    ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
