"""Acme's saved search, and a posting that has matched it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from souk.domains.savedsearches.model import Match, MatchState, SavedSearch
from souk.domains.savedsearches.store import MATCHES, SEARCHES, STATES, expiry
from souk.storage import Table
from souk.values.times import stamp
from tests.authority.secrets import Audience, Secrets
from tests.support.clock import CLOCK

SAVED: Final = "8200000000000000001"


@dataclass(frozen=True)
class SavedSearchRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    organization_id: str
    owner_id: str
    posting_id: str

    def store(self, table: Table) -> None:
        """Store the records."""
        self.secrets.keep(Audience.GOVERNING, SAVED)
        now = stamp(CLOCK.real() - timedelta(days=1))
        tx = table.transaction()
        tx.create(
            SEARCHES,
            SavedSearch(
                id=SAVED,
                organization_id=self.organization_id,
                company_id=self.organization_id,
                user_id=self.owner_id,
                name=self.secrets.plant(Audience.GOVERNING, "name-of-saved-search"),
                active=True,
                filter={"searchExpression_eq": self.secrets.plant(Audience.GOVERNING, "words-of-saved-search")},
                created=now,
                modified=now,
            ),
        )
        tx.create(STATES, MatchState(search_id=SAVED, sequence=1, last=now, told=1))
        tx.create(
            MATCHES,
            Match(
                search_id=SAVED,
                sequence=1,
                posting_id=self.posting_id,
                matched=now,
                expires=expiry(CLOCK),
            ),
        )
        tx.commit()
