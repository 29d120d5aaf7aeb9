"""Rate limits of addresses and keys, and the restrictions of service accounts."""

import pytest

from souk.authentication.rate_limits import Meter
from souk.authentication.records import API_KEYS
from souk.graph import Graph
from souk.storage import Table
from tests.support.api import KEY_ID, Answer, Person, Souk, person
from tests.support.table import COUNTERS

BOOK = '{ book(id: "1") { title } }'
SHRED = 'mutation { shred(id: "1") }'


@pytest.fixture
def limited(library: Souk, graph: Graph) -> Souk:
    functions = {name: own.writes for name, own in library.tables.items()}
    return Souk(library.table, graph, functions, Meter(library.table.client, COUNTERS, per_minute=4, per_day=2))


@pytest.fixture
def caller(limited: Souk) -> Person:
    return person(limited, user_id="7", organization_id="70")


def _refused(answer: Answer) -> bool:
    assert answer.status in {200, 401, 429}
    return answer.status == 429


def test_response_has_remaining_requests_of_key(caller: Person) -> None:
    headers = caller.call(BOOK).headers
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("2", "1")
    assert 0 < int(headers["RateLimit-Reset"]) <= 86_400


def test_exhausted_key_gets_429_until_tomorrow(caller: Person) -> None:
    assert [_refused(caller.call(BOOK)) for _ in range(3)] == [False, False, True]
    answer = caller.call(BOOK)
    assert answer.code == "TOO_MANY_REQUESTS"
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]
    assert answer.headers["RateLimit-Remaining"] == "0"


def test_address_is_counted_without_token(limited: Souk) -> None:
    headers = {"Content-Type": "application/json"}
    answers = [limited.post("{}", headers) for _ in range(5)]
    assert [_refused(answer) for answer in answers] == [False] * 4 + [True]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_unauthenticated_requests_do_not_count_for_key(caller: Person) -> None:
    stranger = Person(caller.souk, "8", "80", caller.token[:-4] + "AAAA")
    assert stranger.call(BOOK).status == 401
    assert caller.call(BOOK).headers["RateLimit-Remaining"] == "1"


def test_forwarded_mutation_counts_once(caller: Person) -> None:
    answer = caller.call('mutation { a: shred(id: "1") publish(id: "2") b: shred(id: "3") }')
    assert answer.headers["RateLimit-Remaining"] == "1"


def test_service_account_cannot_run_mutations(library: Souk, table: Table) -> None:
    robot = person(library, user_id="9", organization_id="70")
    key = table.get(API_KEYS, KEY_ID)
    assert key is not None
    transaction = table.transaction()
    transaction.update(API_KEYS, key.model_copy(update={"service_account_id": "9"}))
    transaction.commit()
    assert robot.call(BOOK).data == {"book": {"title": "Book 1"}}
    before = table.client.scan(TableName=table.name)["Items"]
    answers = [robot.call(SHRED), robot.call(SHRED, function="library")]
    assert [answer.code for answer in answers] == ["FORBIDDEN", "FORBIDDEN"]
    assert table.client.scan(TableName=table.name)["Items"] == before
    human = person(library, user_id="7", organization_id="70")
    assert human.call(SHRED).status == 200
