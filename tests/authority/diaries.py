"""The diary of Ivy's work for Acme Design, with a screenshot and a picture of the webcam."""

from dataclasses import dataclass
from typing import Final

from souk.domains.activities.model import Activity
from souk.domains.activities.store import ACTIVITIES
from souk.domains.contracts.model import Contract
from souk.domains.files.model import Picture, PictureState
from souk.domains.files.store import PICTURES
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets
from tests.support.worlds.diaries import Diary, Work, at

WORKED: Final = "2026-01-12"
START: Final = int(at(f"{WORKED} 09:00").timestamp())
_FAR: Final = 4_000_000_000
"""Seconds since 1970."""
_SCREENSHOT, _WEBCAM = "1390000000000000077", "1390000000000000078"


@dataclass(frozen=True)
class DiaryRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    contract: Contract

    def store(self, table: Table) -> None:
        """Store a tracked and a manual cell."""
        plant = self.secrets.plant
        memo = plant(Audience.PARTIES, "diary-memo")
        code = plant(Audience.PARTIES, "diary-code")
        title = plant(Audience.PARTIES, "diary-title")
        tracked = Work(at(f"{WORKED} 09:00"), memo, code, title=title, screenshot_id=_SCREENSHOT, webcam_id=_WEBCAM)
        Diary.of(self.contract, [tracked, Work(at(f"{WORKED} 09:10"), memo, manual=True)], expires=_FAR).store(table)
        tx = table.transaction()
        tx.create(ACTIVITIES, self._activity(code))
        for file_id, name in ((_SCREENSHOT, "diary-screenshot"), (_WEBCAM, "diary-webcam")):
            token = plant(Audience.PARTIES, name)
            picture = Picture(
                file_id=file_id, state=PictureState.READY, token=token, subject_id=self.contract.id, expires=_FAR
            )
            tx.create(PICTURES, picture)
        tx.commit()

    def _activity(self, code: str) -> Activity:
        parties, created = self.contract.parties, self.contract.created
        return Activity(
            id="1395000000000000078",
            organization_id=parties.client_team_id,
            company_id=parties.client_company_id,
            code=code,
            description=self.secrets.plant(Audience.PARTIES, "activity-description"),
            currency="USD",
            created=created,
            created_by_id=parties.client_user_id,
            modified=created,
            changed_by_id=parties.client_user_id,
        )
