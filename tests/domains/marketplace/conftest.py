"""A marketplace with its operator, and with a member."""

from typing import Any

import pytest

from souk.storage import Table
from tests.domains.identity.people import ACME, OLIVIA
from tests.domains.operator.conftest import Market
from tests.support.api import Answer, Person, Souk, person

UPDATE = """mutation ($input: UpdateMarketplaceSettingsInput!) { updateMarketplaceSettings(input: $input) {
  version modifiedBy { id } apiKeyReview profileReview requireTerms marketplace {
    name accentColor languages currencies clientFeeRate vendorFeeRate signUpOpen termsVersion } } }"""
READ = "{ marketplace { name accentColor clientFeeRate currencies signUpOpen } }"


class House(Market):
    """The market of the operators' tests, and what its operator sets."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        self.olivia: Person = person(souk, OLIVIA, ACME)
        self.version = 0

    def set(self, **fields: Any) -> Answer:
        """Change settings, at the version of the last change unless one is named."""
        given = {"version": self.version, "reason": "A founder decides", **fields}
        answer = self.ada.call(UPDATE, {"input": given})
        if "errors" not in answer.json:
            self.version = answer.data["updateMarketplaceSettings"]["version"]
        return answer

    @property
    def gateway(self) -> Table:
        """The table of the function that runs queries."""
        return self.souk.tables["graphql"]


@pytest.fixture
def house(souk: Souk) -> House:
    return House(souk)
