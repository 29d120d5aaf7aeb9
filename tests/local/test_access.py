"""The renewed token of a local run."""

from souk.local import access, demo
from souk.storage import Table
from tests.support.clock import CLOCK


def test_token_is_renewed_after_half_its_lifetime(table: Table) -> None:
    demo.load(table, lambda _: None)
    token = access.RenewingToken(table, demo.CLIENT)
    first = token()
    CLOCK.wait(hours=11)
    assert token() == first
    CLOCK.wait(hours=1)
    assert token() != first
