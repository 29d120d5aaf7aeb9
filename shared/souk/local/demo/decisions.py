"""What the operator of the demo data has decided about its companies, by the commands of operators."""

from souk.domains.audit.model import Actor
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.operator.commands.decisions import set_enterprise, verify_payment
from souk.local.demo.people import DemoPeople, operator
from souk.storage import Table

_REASON = "The demo data"
_DECIDED = ("enterprise", "billing_type", "payment_verification_status")


def undecided(organization: Organization) -> Organization:
    """Return a company before an operator has decided anything about it."""
    return organization.model_copy(update={name: Organization.model_fields[name].default for name in _DECIDED})


def decide(table: Table, people: DemoPeople) -> None:
    """Decide about the companies that nobody has decided about."""
    actor = Actor(operator_id=operator().user_id)
    companies = {ORGANIZATIONS.key_of(one): one for one in people.organizations if one != undecided(one)}
    items = table.batch_get(companies, consistent=True)
    for key, item in items.items():
        stored, wanted = ORGANIZATIONS.decode(item), companies[key]
        if stored.billing_type is None and wanted.billing_type:
            set_enterprise(table, actor, wanted.id, wanted.billing_type, _REASON, enterprise=wanted.enterprise)
        if stored.payment_verification_status is None and (status := wanted.payment_verification_status):
            verify_payment(table, actor, wanted.id, status, _REASON)
