"""What waits for operators: a report of Acme's posting, and an API key of Acme's."""

from dataclasses import dataclass
from typing import Final

from souk.authentication.records import API_KEYS, ApiKey, ClientSecret, GrantType, KeyState, held_keys_key
from souk.authentication.scopes import Scope
from souk.domains.moderation.model import ContentKind, Report, ReportReason
from souk.domains.moderation.store import REPORT_COUNTS, REPORTS, count_key
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.storage import Table
from tests.authority.fixtures import SINCE
from tests.authority.secrets import Audience, Secrets
from tests.support.clock import CLOCK

REPORT: Final = "8400000000000000001"
WAITING_KEY: Final = "waiting"


@dataclass(frozen=True)
class ModerationRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    organization_id: str
    owner_id: str
    posting_id: str
    reporter_id: str

    def store(self, table: Table) -> None:
        """Store the records."""
        now = SINCE
        plant, operators = self.secrets.plant, Audience.OPERATORS
        report = Report(
            id=self.secrets.keep(operators, REPORT),
            kind=ContentKind.JOB_POSTING,
            content_id=self.posting_id,
            reason=ReportReason.FRAUD,
            details=plant(operators, "details-of-report", of=self.reporter_id),
            reporter_id=self.reporter_id,
            title="Anvils",
            content=plant(operators, "reported-words"),
            created=now,
        )
        key = ApiKey(
            id=WAITING_KEY,
            name="Waiting",
            description=plant(Audience.GOVERNING, "description-of-waiting-key"),
            organization_id=self.organization_id,
            created_by=self.owner_id,
            created=now,
            scopes=(Scope.COMMON_ENTITIES_READ.value,),
            grants=(GrantType.AUTHORIZATION_CODE,),
            redirect_uris=("https://anvils.test/callback",),
            secrets=(ClientSecret(hash="", expires=int(CLOCK.real().timestamp())),),
            state=KeyState.REVIEW,
            review_opened=now,
        )
        tx = table.transaction()
        tx.create(REPORTS, report)
        tx.tally(REPORT_COUNTS, count_key(report.kind, report.content_id), reports=1)
        tx.create(API_KEYS, key)
        tx.count(held_keys_key(self.organization_id))
        for kind, subject_id, by in (
            (ReviewKind.CONTENT_REPORT, report.id, self.reporter_id),
            (ReviewKind.API_KEY, key.id, self.owner_id),
        ):
            review = Review(
                kind=kind,
                subject_id=subject_id,
                organization_id=self.organization_id,
                requested_by_id=by,
                opened=now,
            )
            open_review(tx, table, review)
        tx.commit()
