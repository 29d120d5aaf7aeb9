"""A marketplace with two companies, a freelancer, and an operator."""

from typing import Any

import pytest

from souk.authentication.records import MEMBERSHIPS, Membership
from souk.deadlines.model import DEADLINES, DUE_PREFIX, Deadline
from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import ACTIONS
from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from tests.domains.identity.people import settle
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK

HOUSE, ADA = "900", "901"


class Market:
    """The marketplace, and what its operator asks."""

    def __init__(self, souk: Souk) -> None:
        self.souk = souk
        self.table = souk.table
        settle(self.table)
        founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
        bootstrap(self.table, founder, "A test", CLOCK.market())
        self.ada = person(souk, ADA, HOUSE)
        self._bootstrapped = len(self._trail())

    def ask(self, mutation: str, type_: str = "User", **arguments: Any) -> Answer:
        """Call a mutation of operators, as the operator or as `by`. The other arguments are GraphQL literals."""
        by: Person = arguments.pop("by", self.ada)
        given = {"reason": '"As agreed"', **arguments}
        listed = ", ".join(f"{name}: {value}" for name, value in given.items())
        selected = {
            "User": "id operator identityVerification memberships { organization { name } role active }",
            "Organization": "id enterprise billingType paymentVerificationStatus",
        }[type_]
        return by.call(f"mutation {{ {mutation}({listed}) {{ {selected} }} }}")

    def user(self, user_id: str) -> User:
        user = self.table.get(USERS, user_id, consistent=True)
        assert user is not None
        return user

    def organization(self, organization_id: str) -> Organization:
        organization = self.table.get(ORGANIZATIONS, organization_id, consistent=True)
        assert organization is not None
        return organization

    def membership(self, user_id: str) -> Membership | None:
        """Return a person's membership of the operators' organization."""
        return self.table.get(MEMBERSHIPS, user_id, HOUSE, consistent=True)

    def trail(self) -> list[OperatorAction]:
        """Return the actions since the bootstrap, oldest first."""
        return self._trail()[self._bootstrapped :]

    def _trail(self) -> list[OperatorAction]:
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        actions = [ACTIONS.decode(item) for item in items if item["PK"]["S"].startswith("AUDIT#")]
        return sorted(actions, key=lambda one: one.id)

    def deadlines(self) -> list[Deadline]:
        """Return all deadlines."""
        return [DEADLINES.decode(item) for item in self.items() if item["PK"]["S"].startswith(DUE_PREFIX)]

    def items(self) -> list[dict[str, Any]]:
        return sorted(
            self.table.client.scan(TableName=self.table.name)["Items"],
            key=lambda item: (item["PK"]["S"], item["SK"]["S"]),
        )


@pytest.fixture
def market(souk: Souk) -> Market:
    return Market(souk)
