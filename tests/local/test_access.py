"""The renewed token of a local run."""

import pytest

from souk.authentication.records import API_KEYS
from souk.local import access
from souk.operations.problem import Problem
from souk.storage import Table
from tests.domains.identity.people import ACME, settle
from tests.support.api import Person, Souk
from tests.support.clock import CLOCK


def test_token_is_renewed_after_half_its_lifetime(table: Table) -> None:
    settle(table)
    token = access.RenewingToken(table, "olivia@example.test")
    first = token()
    CLOCK.wait(hours=11)
    assert token() == first
    CLOCK.wait(hours=1)
    assert token() != first


def test_everybody_in_an_empty_marketplace_gets_a_token(table: Table) -> None:
    settle(table)
    for email in ("olivia@example.test", "LIAM@example.test"):
        token = access.issue_token(table, email)
    liam = Person(Souk.whole(table), "102", ACME, token).call("{ user { email } }")
    assert liam.data == {"user": {"email": "Liam@Example.test"}}
    with pytest.raises(Problem, match="no user with the e-mail address nobody@"):
        access.issue_token(table, "nobody@example.test")


def test_key_of_tokens_gains_the_scopes_of_a_new_version(table: Table) -> None:
    settle(table)
    access.issue_token(table, "olivia@example.test")
    old = table.get(API_KEYS, access.KEY_ID)
    assert old is not None
    tx = table.transaction()
    tx.update(API_KEYS, old.model_copy(update={"scopes": old.scopes[:2]}))
    tx.commit()
    access.issue_token(table, "olivia@example.test")
    assert API_KEYS.decode(table.batch_get([API_KEYS.key(access.KEY_ID)]).popitem()[1]).scopes == old.scopes
