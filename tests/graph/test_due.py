"""Declaring work that is due later."""

from datetime import datetime

import pytest

from souk.graph.domain import Domain
from souk.storage import Table


def work(table: Table, entity_id: str, now: datetime) -> None:
    """Do nothing."""


def test_it_belongs_to_its_domain_and_the_function_that_owns_it() -> None:
    domain = Domain("offers", function="hiring")
    assert domain.due("offers.expiry")(work) is work
    (due,) = domain.deadlines.values()
    assert (due.kind, due.domain, due.function, due.run) == ("offers.expiry", "offers", "hiring", work)
    assert not domain.coordinates, "it is no part of the graph"


def test_one_kind_has_one_handler() -> None:
    domain = Domain("offers", function="offers")
    domain.due("offers.expiry")(work)
    with pytest.raises(ValueError, match="declared twice"):
        domain.due("offers.expiry")(work)


@pytest.mark.parametrize("kind", ["expiry", "jobs.expiry", "offers2.expiry", "offers", "offers."])
def test_a_kind_begins_with_the_name_of_its_domain(kind: str) -> None:
    with pytest.raises(ValueError, match="begin with offers and a dot"):
        Domain("offers", function="offers").due(kind)
