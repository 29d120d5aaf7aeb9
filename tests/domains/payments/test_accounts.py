"""Whom accounts are kept for."""

import pytest

from souk.authentication.principal import Role
from souk.domains.identity.resolvers import domain as identity
from souk.domains.ledger.resolvers import domain as ledger
from souk.graph import Graph
from souk.graph.assembly import assemble
from souk.storage import Table
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB, add, settle
from tests.support.api import Souk, person

GRAPH = Graph([identity, ledger], assemble())
QUERY = "{ accountingEntity { id } }"


@pytest.fixture
def souk(table: Table) -> Souk:
    settle(table)
    return Souk(table, GRAPH, {"graphql": ()})


@pytest.mark.parametrize(
    ("user_id", "home", "accounts"),
    [(OLIVIA, ACME, ACME), (LIAM, WEB, ACME), (OMAR, RIVAL, RIVAL), (SOFIA, SOLO, SOLO)],
)
def test_accounts_are_kept_for_a_company_with_its_teams(souk: Souk, user_id: str, home: str, accounts: str) -> None:
    assert person(souk, user_id, home).call(QUERY).data == {"accountingEntity": {"id": accounts}}


def test_who_has_no_role_does_not_learn_of_them(souk: Souk) -> None:
    add(souk.table, "150", ACME, ACME, Role.NONE, service=True)
    assert person(souk, "150", ACME).call(QUERY).code == "FORBIDDEN"


def test_it_takes_the_scope_of_payments(souk: Souk) -> None:
    caller = person(souk, OLIVIA, ACME, scopes=("Common Entities - Read-Only Access",))
    assert caller.call(QUERY).error["extensions"]["requiredScopes"] == ["Read only access for transaction data"]
