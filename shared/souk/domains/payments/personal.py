"""What payments have of a person: the payment method of a company that they own alone."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.identity.commands.own_companies import own_companies
from souk.domains.payments import deployment
from souk.graph.personal import PersonalData
from souk.storage import Table


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Delete the customers of the person's own companies at the payment provider."""
    for company_id in own_companies(table, user_id):
        deployment.provider(table).forget(company_id)
        yield


PERSONAL = PersonalData(
    stays=(
        "Payments, as the books: their amounts, times and ids. Souk never has card numbers. At the payment provider, "
        "the saved payment method of a company that the person owned alone is deleted; the provider keeps its own "
        "records of payments, as its law asks for."
    ),
    erase=erase,
)
