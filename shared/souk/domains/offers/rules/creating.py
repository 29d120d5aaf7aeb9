"""Checks of a new offer, except its payment terms. Pure."""

from datetime import datetime, timedelta
from typing import Final

from souk.domains.agreements.model import Payroll
from souk.domains.identity.model import Organization
from souk.domains.offers.inputs import CreationOffer, Location, PayrollInput
from souk.domains.offers.model import OfferKind, Place
from souk.domains.reference import ontology, world
from souk.domains.reference.model import EntityStatus
from souk.values import texts
from souk.values.moments import EXPECTED, parse
from souk.values.problems import Problems
from souk.values.times import stamp

LIFETIME: Final = timedelta(days=14)
"""The time that a freelancer has to answer."""
MAX_ENTERPRISE_PERIOD: Final = timedelta(days=180)
"""The longest period from the start to the agreed end of an enterprise's contract."""
MAX_TITLE: Final = 200
MAX_DESCRIPTION: Final = 20_000
_MAX_DATA: Final = 2_000
_MAX_ID: Final = 100
_MAX_PLACE: Final = 500
_MAX_ASSETS: Final = 50


def title(problems: Problems, request: CreationOffer) -> str:
    """Return the checked title."""
    return texts.line(problems, "title", request.title, 1, MAX_TITLE)


def expires(now: datetime, ends: str | None) -> str:
    """Return the deadline of an offer: the end of its lifetime, or of its work if that is earlier."""
    deadline = stamp(now + LIFETIME)
    return deadline if ends is None else min(deadline, ends)


def check_kind(problems: Problems, request: CreationOffer, company: Organization) -> None:
    """Report a problem if the client cannot make offers of this kind."""
    if request.kind is OfferKind.ENTERPRISE and not company.enterprise:
        problems.add("kind", "only enterprise clients can make Enterprise offers; use Vanilla.")


def period(problems: Problems, request: CreationOffer, now: datetime) -> tuple[str | None, str | None]:
    """Return the start and the end of the work. The contract ignores the end of marketplace offers."""
    starts = _time(problems, "contractStartDateTime", request.contract_start_date_time)
    ends = _time(problems, "contractEndDateTime", request.contract_end_date_time)
    if request.kind is not OfferKind.ENTERPRISE:
        return starts, None
    if request.contract_start_date_time is None:
        problems.add("contractStartDateTime", "an Enterprise offer needs a start.", missing=True)
    if starts is not None and ends is not None:
        span = datetime.fromisoformat(ends) - datetime.fromisoformat(starts)
        if not timedelta(0) < span <= MAX_ENTERPRISE_PERIOD or ends <= stamp(now):
            problems.add(
                "contractEndDateTime", f"must be after the start, by at most {MAX_ENTERPRISE_PERIOD.days} days."
            )
    return starts, ends


def identifier(problems: Problems, path: str, value: str | None) -> str | None:
    """Return a checked external id; None without one."""
    return None if value is None else texts.line(problems, path, value, 1, _MAX_ID)


def check_source(problems: Problems, request: CreationOffer, *, from_posting: bool) -> None:
    """Report problems with the source of an offer, except its ids."""
    source = request.metadata
    if source.checkout_id is not None:
        problems.add("metadata.checkoutId", "offers are not paid by a checkout; leave it out, and fund milestones.")
    found = ontology.occupation(source.occupation_id) if source.occupation_id is not None else None
    if source.occupation_id is not None and found is None:
        problems.add("metadata.occupationId", "use the id of an occupation of the ontology.")
    elif found and found.entity_status is not EntityStatus.ACTIVE and not from_posting:
        problems.add("metadata.occupationId", f"{found.preferred_label!r} can no longer be chosen.")
    if request.close_on_accept and not from_posting:
        problems.add("closeOnAccept", "a Direct offer has no job posting to close; leave it out.")


def data(problems: Problems, request: CreationOffer) -> str | None:
    """Return the data that a program stores with its offer."""
    value = request.metadata.data
    if value is not None and len(value) > _MAX_DATA:
        problems.add("metadata.data", f"at most {_MAX_DATA} characters are allowed.")
    return value


def place(problems: Problems, location: Location | None) -> Place | None:
    """Return the place of the work."""
    if location is None:
        return None
    path = "offerLocation"
    country = world.country_code(location.country) if location.country and len(location.country) <= _MAX_ID else None
    if location.country and country is None:
        problems.add(f"{path}.country", "use the name or the ISO code of a country, as in `countries`.")
    address = location.address

    def short(name: str, value: str | None) -> str | None:
        return texts.optional_text(problems, f"{path}.{name}", value, _MAX_PLACE)

    return Place(
        work_type=location.work_type,
        country=country,
        state=short("state", location.state),
        city=short("city", location.city),
        description=short("description", location.description),
        flexible=location.flexible,
        flexibility_description=short("flexibilityDescription", location.flexibility_description),
        address_line=short("address.addressLine", address.address_line) if address else None,
        suite=short("address.suite", address.suite) if address else None,
        zip=short("address.zip", address.zip) if address else None,
    )


def payroll(problems: Problems, payroll_input: PayrollInput | None) -> Payroll | None:
    """Return the payroll data of an offer."""
    if payroll_input is None:
        return None
    path, assets = "offerPayroll", payroll_input.assets or ()
    if len(assets) > _MAX_ASSETS:
        problems.add(f"{path}.assets", f"at most {_MAX_ASSETS} are allowed.")
        assets = ()
    return Payroll(
        talent_cloud_id=identifier(problems, f"{path}.talentCloudId", payroll_input.talent_cloud_id),
        purchase_order_id=identifier(problems, f"{path}.purchaseOrderId", payroll_input.purchase_order_id),
        assets=tuple(texts.line(problems, f"{path}.assets.{at}", one, 1, _MAX_ID) for at, one in enumerate(assets)),
    )


def named_cloud(problems: Problems, request: CreationOffer) -> tuple[str, str] | None:
    """Return the path and the id of the talent cloud that an offer names; None without one."""
    in_payroll = request.offer_payroll.talent_cloud_id if request.offer_payroll else None
    if request.talent_cloud_id and in_payroll and request.talent_cloud_id != in_payroll:
        problems.add("talentCloudId", "must be equal to offerPayroll.talentCloudId.")
        return None
    if request.talent_cloud_id:
        return "talentCloudId", request.talent_cloud_id
    return ("offerPayroll.talentCloudId", in_payroll) if in_payroll else None


def _time(problems: Problems, path: str, text: str | None) -> str | None:
    if text is None:
        return None
    parsed = parse(text)
    if parsed is None:
        problems.add(path, EXPECTED)
        return None
    return parsed.first
