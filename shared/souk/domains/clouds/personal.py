"""What talent clouds have of a person: their memberships and requests."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.clouds.model import Cloud, JoinRequest
from souk.domains.clouds.store import CLOUDS, COMPANY_CLOUDS, OWN_REQUESTS, REQUESTS, update_cloud
from souk.domains.identity.commands.own_companies import companies_of, own_companies
from souk.domains.identity.rules.erasing import FORMER
from souk.domains.market.model import Relation
from souk.domains.market.store import PERSON_CLOUDS, remove_from_cloud
from souk.graph.personal import PersonalData, PersonalFile, in_batches, listed
from souk.storage import Table, Transaction, View

_EMPTY: Final = {
    **dict.fromkeys(("description", "join_instructions", "welcome", "after_request", "rejection"), ""),
    **dict.fromkeys(("external_name", "logo")),
    "name": FORMER,
    "active": False,
}
"""What is left of a cloud of a company that is erased."""


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """End the memberships, delete the requests, and empty the clouds of the person's own companies."""
    joined: View[Relation, Relation] = View()
    for members in PERSON_CLOUDS.of(table, user_id).chunks(joined):
        yield from in_batches(table, members, remove_from_cloud, size=10)
    asked: View[JoinRequest, JoinRequest] = View()
    for requests in OWN_REQUESTS.of(table, user_id).chunks(asked):
        yield from in_batches(table, requests, lambda tx, one: tx.delete(REQUESTS, one))
    own = own_companies(table, user_id)

    def leave(tx: Transaction, cloud: Cloud) -> None:
        after = cloud.model_copy(update={"notify_user_ids": tuple(i for i in cloud.notify_user_ids if i != user_id)})
        if cloud.company_id in own:
            if cloud.logo:
                schedule(tx, "files.remove", cloud.logo.file_id, now)
            update_cloud(tx, cloud, after.model_copy(update=_EMPTY))
        else:
            tx.update(CLOUDS, after)

    named: View[Cloud, Cloud] = View(
        [lambda one: user_id in one.notify_user_ids or (one.company_id in own and one.name != FORMER)]
    )
    for company_id in companies_of(table, user_id):
        for clouds in COMPANY_CLOUDS.of(table, company_id).chunks(named):
            yield from in_batches(table, clouds, leave, size=1)


PERSONAL = PersonalData(
    stays="Talent clouds of companies. Those of a company that the person owned alone are emptied and archived.",
    files=(
        PersonalFile("talent-clouds", "The talent clouds that you are a member of.", listed(PERSON_CLOUDS)),
        PersonalFile("cloud-requests", "Your requests to join talent clouds, with the answers.", listed(OWN_REQUESTS)),
    ),
    erase=erase,
)
