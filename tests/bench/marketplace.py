"""A marketplace with a year of records, as items of the table: those of the authority tests, and many copies of them.

Each copy has an id and a time of its own, and every fourth is of the organizations and people whose pages are shown.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, SESSIONS, Membership
from souk.deadlines.model import DEADLINES, Deadline
from souk.domains.audit.store import ACTIONS
from souk.domains.contracts.store import CONTRACTS
from souk.domains.dataimports.store import IMPORTS
from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import INVITATIONS, ORGANIZATIONS, USERS
from souk.domains.jobs.model import Job
from souk.domains.jobs.search import index as jobs
from souk.domains.jobs.store import JOBS
from souk.domains.ledger.model import Account, AccountBalance, AccountKind
from souk.domains.ledger.store import BALANCES, BOOKINGS, HISTORY, TALLIES, rows_of, tally_key
from souk.domains.market.model import Activity
from souk.domains.moderation.model import Takedown
from souk.domains.operator.search import organizations, people
from souk.domains.payments.model import OrderState
from souk.domains.payments.store import ORDERS
from souk.domains.reviews.lists import KINDS
from souk.domains.reviews.model import Review, ReviewState
from souk.domains.reviews.store import REVIEWS
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.store import DELIVERIES
from souk.search import Document
from souk.storage import Collection, Entity
from souk.storage.collection import key_attributes, tally_attribute
from souk.storage.ids import id_at
from souk.storage.transaction import OUTBOX
from souk.values.times import stamp
from tests.authority.fixtures import ACME, ODA, OLIVIA

PEOPLE: Final = 1_000
"""People of a marketplace of size 1. A bigger one has as many times more of everything."""
_YEAR, _WEEK = timedelta(days=365), timedelta(days=7)
Item = Mapping[str, Any]
E = TypeVar("E", bound=Entity)


class Marketplace:
    """The records of a marketplace of a size. `stored` are the items that copies are made of."""

    def __init__(self, stored: list[dict[str, Any]], size: int, now: datetime) -> None:
        self._stored = stored
        self._size = size
        self._now = now
        self.people = list(self._people())
        self.companies = list(self._companies())
        self.jobs = list(self._jobs())

    def items(self) -> Iterator[Item]:
        """Yield all items."""
        yield from self._stored
        for user, member in self.people:
            yield USERS.encode(user)
            yield MEMBERSHIPS.encode(member)
        yield from map(ORGANIZATIONS.encode, self.companies)
        yield from map(JOBS.encode, self.jobs)
        for kind in (self._books, self._operators, self._machinery, self._of_acme):
            yield from kind()

    def documents(self) -> dict[str, Iterator[Document]]:
        """Return the documents of the search indexes, by their names."""
        acme = self._first(ORGANIZATIONS)
        postings = (jobs.document(one, acme, Activity()) for one in self.jobs)
        return {
            people.INDEX.name: (people.document(user, [member], None) for user, member in self.people),
            organizations.INDEX.name: (organizations.document(one, None) for one in self.companies),
            jobs.INDEX.name: (one for one in postings if one),
        }

    def _first(self, collection: Collection[E], **wanted: Any) -> E:
        """Return the first stored record of a kind that has some values."""
        found = (collection.decode(item) for item in self._stored if item.get("type") == {"S": collection.name})
        return next(one for one in found if all(getattr(one, name) == value for name, value in wanted.items()))

    def _times(self, number: int, span: timedelta = _YEAR) -> Iterator[tuple[int, datetime]]:
        """Yield numbers with their times, which are equally far from each other and end now."""
        number *= self._size
        yield from ((at, self._now - span * (number - at) / number) for at in range(number))

    def _people(self) -> Iterator[tuple[User, Membership]]:
        one = self._first(USERS, id=OLIVIA)
        for number, at in self._times(PEOPLE):
            id_, company = id_at(at, number), ACME if number % 100 == 0 else str(8_000_000 + number // 5)
            named = {"first_name": f"Paula{number % 200}", "last_name": f"Pereira{number}", "email": f"{id_}@souk.test"}
            user = one.model_copy(
                update={"id": id_, "nickname": id_, "creation_date": stamp(at), "organization_id": company, **named}
            )
            yield (
                user,
                Membership(
                    id=id_,
                    user_id=id_,
                    organization_id=company,
                    company_id=company,
                    role=Role.MEMBER,
                    since=stamp(at),
                ),
            )

    def _companies(self) -> Iterator[Organization]:
        one = self._first(ORGANIZATIONS, id=ACME)
        for number, at in self._times(PEOPLE // 5):
            id_ = str(8_000_000 + number)
            yield one.model_copy(
                update={"id": id_, "company_id": id_, "name": f"Company {number}", "creation_date": stamp(at)}
            )

    def _jobs(self) -> Iterator[Job]:
        one = self._first(JOBS, company_id=ACME)
        for number, at in self._times(50):
            time = stamp(at)
            down = Takedown(at=time, reason="Spam") if number % 10 == 1 else None
            yield one.model_copy(update={"id": id_at(at, number), "created": time, "published": time, "takedown": down})

    def _books(self) -> Iterator[Item]:
        booking, order, contract = self._first(BOOKINGS), self._first(ORDERS), self._first(CONTRACTS)
        for number, at in self._times(50):
            id_, time = id_at(at, number), stamp(at)
            yield CONTRACTS.encode(contract.model_copy(update={"id": id_, "created": time, "starts": time}))
            state = OrderState.OPEN if number % 50 == 0 else OrderState.FULFILLED
            yield ORDERS.encode(order.model_copy(update={"id": id_, "state": state, "created": time, "expires": time}))
            for account in (
                Account(kind=AccountKind.ESCROW, owner=id_, currency="USD"),
                Account(kind=AccountKind.FUNDS, owner=str(8_000_000 + number), currency="USD"),
            ):
                yield BALANCES.encode(AccountBalance(account=account, minor=0 if number % 100 else 5))
        for number, at in self._times(200):
            company = ACME if number % 4 == 0 else str(8_000_000 + number // 5)
            deal = booking.deal.model_copy(update={"contract_id": f"{number // 4}", "client_company_id": company})
            one = booking.model_copy(update={"id": id_at(at, number), "at": stamp(at), "deal": deal})
            yield BOOKINGS.encode(one)
            yield from map(HISTORY.encode, rows_of(one))
        for shard in range(8):
            for month in sorted({stamp(at)[:7] for _, at in self._times(12)}):
                sums = {tally_attribute(name): {"N": "100"} for name in TALLIES.names}
                yield key_attributes(tally_key(shard, f"{month}#USD")) | sums

    def _operators(self) -> Iterator[Item]:
        action, started = self._first(ACTIONS), self._first(IMPORTS)
        for number, at in self._times(100):
            rare = number % 97 == 0
            changes = {"operator_id": "2" if rare else ODA, "action": "rareAction" if rare else "verifyPayment"}
            subject = ACME if number % 4 == 0 else OLIVIA if number % 4 == 1 else str(8_000_000 + number)
            yield ACTIONS.encode(
                action.model_copy(
                    update={"id": id_at(at, number), "created": stamp(at), "subject_id": subject, **changes}
                )
            )
        for number, at in self._times(5):
            yield IMPORTS.encode(started.model_copy(update={"id": id_at(at, number), "started": stamp(at)}))
        for number, at in self._times(150):
            decided = stamp(at) if number % 3 else None
            yield REVIEWS.encode(
                Review(
                    kind=KINDS[number % len(KINDS)],
                    subject_id=str(number),
                    organization_id=ACME if number % 97 == 0 else str(8_000_000 + number),
                    requested_by_id=OLIVIA,
                    opened=stamp(at),
                    decided=decided,
                    decided_by_id=ODA if decided else None,
                    state=ReviewState.APPROVED if decided else ReviewState.OPEN,
                )
            )

    def _machinery(self) -> Iterator[Item]:
        event = self._first(OUTBOX)
        for number, at in self._times(500, _WEEK):
            entity = "USER" if number % 97 == 0 else "OFFER"
            changes = {"event_id": id_at(at, number), "id": str(number), "occurred_at": stamp(at), "entity": entity}
            yield OUTBOX.encode(event.model_copy(update=changes))
        for number, at in self._times(200, _WEEK):
            due = at + _WEEK - timedelta(hours=1)
            kind = "gigs.expiry" if number % 97 == 0 else "offers.expiry"
            yield DEADLINES.encode(Deadline.new(kind, str(number), due, due))

    def _of_acme(self) -> Iterator[Item]:
        """Yield what the pages of accounts and of programs list: of Olivia, and of her company."""
        delivery, session, invitation = self._first(DELIVERIES), self._first(SESSIONS), self._first(INVITATIONS)
        for number, at in self._times(50, _WEEK):
            failed = {"state": DeliveryState.FAILED if number % 10 == 0 else DeliveryState.DELIVERED}
            yield DELIVERIES.encode(
                delivery.model_copy(update={"event_id": id_at(at, number), "created_date_time": stamp(at), **failed})
            )
        for number, at in self._times(3, _WEEK):
            yield SESSIONS.encode(
                session.model_copy(update={"id": id_at(at, number), "hash": f"{number:064}", "user_id": OLIVIA})
            )
            yield INVITATIONS.encode(
                invitation.model_copy(
                    update={"id": id_at(at, number), "hash": f"{number:064}", "email": f"{number}@souk.test"}
                )
            )
