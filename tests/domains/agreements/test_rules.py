"""Who may act for a side of an agreement."""

from collections.abc import Callable

import pytest

from souk.authentication.principal import Principal, Role
from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.values.errors import Forbidden
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, MAX, OMAR, RIVAL, SOFIA, STUDIO

PARTIES = Parties(
    client_user_id=LIAM,
    client_team_id=DESIGN,
    client_company_id=ACME,
    vendor_user_id=SOFIA,
    vendor_team_id=STUDIO,
    vendor_company_id=STUDIO,
)


def principal(user_id: str, team: str, company: str, role: Role = Role.OWNER) -> Principal:
    return Principal(user_id, "key", team, company, role, frozenset())


@pytest.mark.parametrize(
    ("caller", "client", "vendor"),
    [
        (principal(LIAM, ACME, ACME), True, False),
        (principal(MAX, DESIGN, ACME, Role.HIRING_MANAGER), True, False),
        (principal(MAX, DESIGN, ACME, Role.MEMBER), False, False),
        (principal(SOFIA, STUDIO, STUDIO, Role.MEMBER), False, True),
        (principal(MAX, STUDIO, STUDIO, Role.HIRING_MANAGER), False, True),
        (principal(MAX, STUDIO, STUDIO, Role.MEMBER), False, False),
        (principal(SOFIA, RIVAL, RIVAL), False, False),
        (principal(OMAR, RIVAL, RIVAL), False, False),
    ],
)
def test_each_side_acts_for_itself_only(caller: Principal, client: bool, vendor: bool) -> None:
    assert (allows(require_client_lead, caller), allows(require_vendor, caller)) == (client, vendor)


def allows(rule: Callable[[Parties, Principal], None], caller: Principal) -> bool:
    try:
        rule(PARTIES, caller)
    except Forbidden:
        return False
    return True
