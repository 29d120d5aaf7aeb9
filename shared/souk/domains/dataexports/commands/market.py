"""The files of an export of the marketplace, page by page, so that it can stop and go on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import orjson

from souk.authentication.records import MEMBERSHIPS
from souk.domains.audit.store import ACTIONS
from souk.domains.contracts.store import CONTRACTS
from souk.domains.dataexports.rules import rows, tables
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.store import JOBS
from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.store import BOOKINGS
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reference.store import own_entries
from souk.domains.rooms.store import STORIES
from souk.graph.personal import row_of
from souk.storage import Collection, Table
from souk.values.moments import Period

_PAGE: Final = 5_000
"""Items of the table that are read at once, of any kind. DynamoDB ends a page at a megabyte."""
Position = list[Any]
Render = Callable[[Table, Sequence[Any]], list[bytes]]
"""Returns the lines of some entities, with their ends."""


@dataclass(frozen=True, slots=True)
class MarketPage:
    """A page of a file."""

    content: bytes
    rows: int
    end: Position | None
    """Where the next page begins, as JSON; None after the last one."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One way through the table."""

    collection: Collection[Any]
    chosen: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class MarketFile:
    """A file of an export with entities of the table, of the whole marketplace."""

    name: str
    passes: tuple[_Pass, ...]
    render: Render
    header: bytes = b""
    time: Callable[[Any], str] = lambda one: one.created
    """Returns the time by which `within` chooses."""

    def within(self, first: str | None, last: str | None) -> "MarketFile":
        """Return the file with what happened in a period alone. Both ends belong to it; None is an open end."""
        period = Period(first, last)

        def chosen(one: _Pass) -> Callable[[Any], bool]:
            return lambda each: one.chosen(each) and period.includes(self.time(each))

        passes = tuple(replace(one, chosen=chosen(one)) for one in self.passes)
        return replace(self, passes=passes)

    def pages(self, table: Table, start: Position | None) -> Iterator[MarketPage]:
        """Yield the pages from a position on. Each entity is as it is when its page is read."""
        first, after = start or (0, None)
        header = b"" if start else self.header
        for at in range(first, len(self.passes)):
            one = self.passes[at]
            while True:
                page = table.scan(one.collection, _PAGE, after)
                found = self.render(table, [each for each in page.items if one.chosen(each)])
                after = page.next_key
                end = [at, after] if after else [at + 1, None] if at + 1 < len(self.passes) else None
                yield MarketPage(header + b"".join(found), len(found), end)
                header = b""
                if after is None:
                    break


class ExportFile(Protocol):
    """A file of an export."""

    @property
    def name(self) -> str:
        """The name, with its extension."""

    def pages(self, table: Table, start: Position | None) -> Iterator[MarketPage]:
        """Yield the pages from a position on."""


class OntologyFile:
    """The file of the marketplace's own categories and skills."""

    name = "ontology.jsonl"

    def pages(self, table: Table, start: Position | None) -> Iterator[MarketPage]:  # noqa: ARG002 - there is one page
        """Yield the one page."""
        _, entries = own_entries(table)
        yield MarketPage(b"".join(_json(rows.ontology_row(one)) for one in entries), len(entries), None)


def _json(row: Any) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _organizations(_table: Table, found: Sequence[Organization]) -> list[bytes]:
    return [_json(rows.organization_row(one)) for one in found]


def _users(table: Table, found: Sequence[User]) -> list[bytes]:
    keys = {one.id: MEMBERSHIPS.key(one.id, one.organization_id) for one in found}
    items = table.batch_get(keys.values())
    joined = {user_id: MEMBERSHIPS.decode(items[key]) for user_id, key in keys.items() if key in items}
    return [_json(rows.user_row(one, joined.get(one.id))) for one in found]


def _postings(_table: Table, found: Sequence[Any]) -> list[bytes]:
    return [_json(row) for one in found if (row := rows.posting_row(one))]


def _entities(_table: Table, found: Sequence[Any]) -> list[bytes]:
    return [_json(row_of(one)) for one in found]


def _ledger(table: Table, found: Sequence[LedgerTransaction]) -> list[bytes]:
    owners = {line.account.owner for one in found for line in one.lines if line.account.owner}
    items = table.batch_get(map(ORGANIZATIONS.key, sorted(owners)))
    names = {one.id: one.name for one in map(ORGANIZATIONS.decode, items.values())}
    return [tables.lines([row]) for one in found for row in tables.ledger_rows(one, names)]


def _actions(_table: Table, found: Sequence[Any]) -> list[bytes]:
    return [tables.lines([tables.action_row(one)]) for one in found]


def _anything(_one: Any) -> bool:
    return True


def _plain(name: str, collection: Collection[Any]) -> MarketFile:
    return MarketFile(f"{name}.jsonl", (_Pass(collection, _anything),), _entities)


ORGANIZATIONS_FILE: Final = MarketFile(
    "organizations.jsonl",
    (  # companies come first, because an import of a team needs its company
        _Pass(ORGANIZATIONS, lambda one: not one.is_team and not one.erased_with),
        _Pass(ORGANIZATIONS, lambda one: one.is_team and not one.erased_with),
    ),
    _organizations,
)
USERS_FILE: Final = MarketFile("users.jsonl", (_Pass(USERS, lambda one: not (one.service or one.erased)),), _users)
POSTINGS_FILE: Final = MarketFile("jobs.jsonl", (_Pass(JOBS, _anything),), _postings)
PROPOSALS_FILE: Final = _plain("proposals", PROPOSALS)
OFFERS_FILE: Final = _plain("offers", OFFERS)
CONTRACTS_FILE: Final = _plain("contracts", CONTRACTS)
FEEDBACK_FILE: Final = _plain("feedback", FEEDBACKS)
BOOKINGS_FILE: Final = replace(_plain("bookings", BOOKINGS), time=lambda one: one.at)
ACTIONS_FILE: Final = _plain("operator_actions", ACTIONS)
MESSAGES_FILE: Final = _plain("messages", STORIES)
LEDGER_TABLE: Final = MarketFile(
    "ledger.csv",
    (_Pass(BOOKINGS, _anything),),
    _ledger,
    header=tables.lines([tables.LEDGER]),
    time=lambda one: one.at,
)
ACTIONS_TABLE: Final = MarketFile(
    "operator_actions.csv", (_Pass(ACTIONS, _anything),), _actions, header=tables.lines([tables.ACTIONS])
)
EVERYTHING: Final[tuple[ExportFile, ...]] = (
    OntologyFile(),
    ORGANIZATIONS_FILE,
    USERS_FILE,
    POSTINGS_FILE,
    PROPOSALS_FILE,
    OFFERS_FILE,
    CONTRACTS_FILE,
    FEEDBACK_FILE,
    BOOKINGS_FILE,
)
"""The files of an export of everything, without messages."""
