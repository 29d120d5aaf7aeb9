"""Verifying a company's payment method by a payment that arrived."""

from souk.domains.identity.model import PaymentVerificationStatus
from souk.domains.identity.rules.payment_verification import proved_by_payment
from souk.domains.identity.store import ORGANIZATIONS
from souk.storage import Table, Transaction


def verify_by_payment(table: Table, company_id: str) -> None:
    """Mark a company's payment method as verified, unless its status stays. Repeating it changes nothing."""

    def attempt(tx: Transaction) -> None:
        company = table.get(ORGANIZATIONS, company_id, consistent=True)
        if company and proved_by_payment(company.payment_verification_status):
            verified = {"payment_verification_status": PaymentVerificationStatus.VERIFIED}
            tx.update(ORGANIZATIONS, company.model_copy(update=verified))

    table.retry_until_committed(attempt)
