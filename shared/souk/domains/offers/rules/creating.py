"""What a new offer may say, beside how it is paid. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from souk.domains.agreements.model import Payroll
from souk.domains.identity.model import Organization
from souk.domains.offers.inputs import CreationOffer, CustomField, Location, PayrollIn
from souk.domains.offers.model import CustomAnswer, OfferKind, Place
from souk.domains.reference import world
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.moments import moment
from souk.values.problems import Problems
from souk.values.times import stamp

LIFETIME: Final = timedelta(days=14)
"""How long a freelancer has time to answer."""
LONGEST_ENTERPRISE: Final = timedelta(days=180)
"""From the start of an enterprise's contract to the end that is agreed."""
MAX_TITLE: Final = 200
MAX_DESCRIPTION: Final = 20_000
_MAX_DATA: Final = 2_000
_MAX_ID: Final = 100
_MAX_PLACE: Final = 500
_MAX_FIELDS: Final = 50
_MAX_FIELD: Final = 1_000


def title(problems: Problems, request: CreationOffer) -> str:
    """Return the title as it is stored."""
    return texts.line(problems, "title", request.title, 1, MAX_TITLE)


def expires(now: datetime, ends: str | None) -> str:
    """Return when an offer can no longer be accepted: after its lifetime, or when its work were to end already."""
    over = stamp(now + LIFETIME)
    return over if ends is None else min(over, ends)


def check_kind(problems: Problems, request: CreationOffer, company: Organization) -> None:
    """Note where an offer follows terms that its client does not have."""
    if request.kind is OfferKind.ENTERPRISE and not company.enterprise:
        problems.add("kind", "only enterprise clients make Enterprise offers; Vanilla is for all.")


def period(problems: Problems, request: CreationOffer, now: datetime) -> tuple[str | None, str | None]:
    """Return when work begins and ends. The end is ignored for marketplace offers, as the contract says."""
    starts = _time(problems, "contractStartDateTime", request.contract_start_date_time)
    if request.kind is not OfferKind.ENTERPRISE:
        return starts, None
    if request.contract_start_date_time is None:
        problems.add("contractStartDateTime", "an Enterprise offer says when work begins.")
    ends = _time(problems, "contractEndDateTime", request.contract_end_date_time)
    if starts is not None and ends is not None:
        span = datetime.fromisoformat(ends) - datetime.fromisoformat(starts)
        if not timedelta(0) < span <= LONGEST_ENTERPRISE or ends <= stamp(now):
            problems.add("contractEndDateTime", f"after the start, by {LONGEST_ENTERPRISE.days} days at the most.")
    return starts, ends


def identifier(problems: Problems, path: str, given: str | None) -> str | None:
    """Return an id of something that is kept elsewhere; None where none is given."""
    return None if given is None else texts.line(problems, path, given, 1, _MAX_ID)


def data(problems: Problems, request: CreationOffer) -> str | None:
    """Return what a program wants to keep with its offer."""
    given = request.metadata.data
    if given is not None and len(given) > _MAX_DATA:
        problems.add("metadata.data", f"{_MAX_DATA} characters are the limit.")
    return given


def place(problems: Problems, given: Location | None) -> Place | None:
    """Return where work is to be done."""
    if given is None:
        return None
    path = "offerLocation"
    country = world.country_code(given.country) if given.country and len(given.country) <= _MAX_ID else None
    if given.country and country is None:
        problems.add(f"{path}.country", "the name or the ISO code of a country, as in `countries`.")
    address = given.address

    def short(name: str, value: str | None) -> str | None:
        return texts.optional_text(problems, f"{path}.{name}", value, _MAX_PLACE)

    return Place(
        work_type=given.work_type,
        country=country,
        state=short("state", given.state),
        city=short("city", given.city),
        description=short("description", given.description),
        flexible=given.flexible,
        flexibility_description=short("flexibilityDescription", given.flexibility_description),
        address_line=short("address.addressLine", address.address_line) if address else None,
        suite=short("address.suite", address.suite) if address else None,
        zip=short("address.zip", address.zip) if address else None,
    )


def payroll(problems: Problems, given: PayrollIn | None) -> Payroll | None:
    """Return what an offer to somebody on a payroll holds."""
    if given is None:
        return None
    path, assets = "offerPayroll", given.assets or ()
    if len(assets) > _MAX_FIELDS:
        problems.add(f"{path}.assets", f"{_MAX_FIELDS} are the limit.")
        assets = ()
    return Payroll(
        talent_cloud_id=identifier(problems, f"{path}.talentCloudId", given.talent_cloud_id),
        purchase_order_id=identifier(problems, f"{path}.purchaseOrderId", given.purchase_order_id),
        assets=tuple(texts.line(problems, f"{path}.assets.{at}", one, 1, _MAX_ID) for at, one in enumerate(assets)),
    )


def custom_fields(problems: Problems, given: Iterable[CustomField | None] | None) -> tuple[CustomAnswer, ...]:
    """Return the answers to the client's custom fields."""
    answers = [one for one in given or () if one is not None]
    if len(answers) > _MAX_FIELDS:
        problems.add("customFields", f"{_MAX_FIELDS} answers are the limit.")
        return ()
    kept = []
    for at, one in enumerate(answers):
        name = texts.line(problems, f"customFields.{at}.key", one.key or "", 1, _MAX_ID)
        value = texts.paragraphs(problems, f"customFields.{at}.value", one.value or "", 0, _MAX_FIELD)
        kept.append(CustomAnswer(key=name, value=value))
    return tuple(kept)


def _time(problems: Problems, path: str, given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return moment(path, given).first
    except Unprocessable:
        problems.add(path, "a time of ISO 8601 with its offset, such as 2027-01-31T09:00:00Z, or a day.")
        return None
