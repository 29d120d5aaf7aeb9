"""The declaration of deadlines."""

from datetime import datetime

import pytest

from souk.graph.domain import Domain
from souk.storage import Table


def work(table: Table, entity_id: str, now: datetime) -> None:
    """Do nothing."""


def test_deadline_belongs_to_domain_and_its_function() -> None:
    domain = Domain("offers", function="hiring")
    assert domain.due("offers.expiry")(work) is work
    (due,) = domain.deadlines.values()
    assert (due.kind, due.domain, due.function, due.run) == ("offers.expiry", "offers", "hiring", work)
    assert not domain.coordinates, "deadlines are not part of the graph"


def test_kind_declared_twice_raises() -> None:
    domain = Domain("offers", function="offers")
    domain.due("offers.expiry")(work)
    with pytest.raises(ValueError, match="declared twice"):
        domain.due("offers.expiry")(work)


@pytest.mark.parametrize("kind", ["expiry", "jobs.expiry", "offers2.expiry", "offers", "offers."])
def test_kind_must_begin_with_domain_name(kind: str) -> None:
    with pytest.raises(ValueError, match="begin with offers and a dot"):
        Domain("offers", function="offers").due(kind)
