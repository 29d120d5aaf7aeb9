"""Parts of both views of a profile."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from souk.domains.identity.model import User
from souk.domains.identity.views import photo_url
from souk.domains.reference import world
from souk.domains.reference.model import Language
from souk.domains.talent.model import (
    Availability,
    Certificate,
    CertificateStatus,
    Education,
    Employment,
    LinkedAccount,
    Profile,
    ProfileState,
    Record,
    ResponseTime,
    SpokenLanguage,
)
from souk.domains.talent.rules import completeness as rules
from souk.domains.talent.rules.availability import name_of
from souk.graph import Context
from souk.graph.lists import SortAttribute
from souk.values.errors import Unprocessable
from souk.values.pictures import SIZES, PictureKind

RESPONSE_TIMES: Final = {
    ResponseTime.IMMEDIATE: "Immediate (30 min)",
    ResponseTime.SOON: "Soon (12 hours)",
    ResponseTime.NEVER: "Never",
}
"""Programs parse these texts (reference, FreelancerProfileCommittedResponseTime)."""


def with_user(user: User, record: Record) -> dict[str, Any]:
    """Return a record under the contract's names, with the person that it belongs to."""
    return record.model_dump(by_alias=True, exclude={"request_key", "fingerprint"}) | {
        "user": user,
        "createdDateTime": record.created,
        "updatedDateTime": record.updated,
    }


def employment(user: User, record: Employment) -> dict[str, Any]:
    """Return an employment with the name of its country."""
    country = world.country(record.country)
    return with_user(user, record) | {"country": country.name if country else record.country}


def certificate(record: Certificate, *, private: bool) -> dict[str, Any]:
    """Return a FreelancerProfileCertificate. `private` says whether the caller sees the code that proves it."""
    return record.model_dump(by_alias=True) | {
        "verified": record.status is CertificateStatus.VERIFIED,
        "externalId": record.certification_number,
        "submissionCode": record.submission_code if private else None,
        "createdDateTime": record.created,
        "lastUpdatedDateTime": record.updated,
    }


def account(record: LinkedAccount) -> dict[str, Any]:
    """Return a FreelancerProfileLinkedExternalAccounts."""
    return {
        "id": record.id,
        "name": record.name,
        "userProfile": record.user_profile,
        "expiryDateTime": record.expires,
        "revokedDateTime": record.revoked,
        "authorizedDateTime": record.created,
    }


def language(spoken: SpokenLanguage) -> dict[str, Any]:
    """Return a FreelancerProfileLanguage. Nobody verifies languages yet."""
    return {
        "id": spoken.code,
        "language": _languages().get(spoken.code) or Language(spoken.code, active=False, english_name=spoken.code),
        "verified": False,
        "verifiedByCertificate": False,
        "verifiedByFeedback": False,
        "proficiencyTitle": spoken.level,
    }


def availability(user: User, stated: Availability | None) -> dict[str, Any] | None:
    """Return a FreelancerProfileAvailability; None if the person has said nothing."""
    if stated is None:
        return None
    return {
        "id": user.id,
        "user": user,
        "capacity": stated.capacity,
        "availabilityDateTime": stated.available_from,
        "name": name_of(stated),
        "createdDateTime": stated.created,
    }


def portrait(user: User, base_url: str) -> dict[str, str | None] | None:
    """Return the URLs of the portrait in its sizes; None without a portrait. One elsewhere has no other sizes."""
    sizes = SIZES[PictureKind.PORTRAIT]
    largest = photo_url(user, base_url, sizes[-1])
    if largest is None:
        return None
    resized = sizes if user.portrait else ()
    return {"portrait": largest} | {f"portrait{size}": photo_url(user, base_url, size) for size in resized}


def preferences(profile: Profile) -> dict[str, Any]:
    """Return the preferences of both views."""
    return profile.preferences.model_dump(by_alias=True) | {
        "visibilityLevel": profile.current_visibility,
        "projectTypePreference": profile.preferences.project_type,
    }


def state_of(profile: Profile) -> ProfileState:
    """Return the review state: NOT_STARTED for somebody who has written nothing."""
    return profile.state if profile.version else ProfileState.NOT_STARTED


def state_reason(profile: Profile) -> str | None:
    """Return the operator's note: why the profile was taken down, or what was decided about it."""
    return profile.takedown.reason if profile.takedown else profile.state_reason


def completeness(profile: Profile, user: User, ctx: Context) -> rules.Completeness:
    """Return how complete a profile is."""
    return rules.completeness(profile, portrait=photo_url(user, ctx.base_url) is not None)


def newest_first(records: Iterable[Employment | Education]) -> list[Any]:
    """Return employments or schools, those with the latest start first, and those without a start last."""
    return sorted(records, key=lambda one: one.start_date or "", reverse=True)


def sorted_by(
    records: list[dict[str, Any]], wanted: SortAttribute | None, fields: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return views of records in the order that a caller wants. `fields` are the keys of the fields to sort by.

    Raises Unprocessable for another field. Records without a value come last.
    """
    if wanted is None:
        return records
    if wanted.field not in fields:
        raise Unprocessable(f"SortAttribute.field: must be one of {', '.join(fields)}.")
    key = fields[wanted.field]
    filled = [one for one in records if one[key] is not None]
    empty = [one for one in records if one[key] is None]
    return sorted(filled, key=lambda one: str(one[key]).casefold(), reverse=wanted.descending) + empty


def listed(nodes: Iterable[Any]) -> dict[str, Any]:
    """Return a list as a connection without pages."""
    return {"edges": [{"node": node} for node in nodes]}


def phone_number(number: str | None) -> dict[str, str] | None:
    """Return a number of E.164, cut into the country's code and the rest."""
    if number is None:
        return None
    digits = number.removeprefix("+")
    code = next((digits[:length] for length in (3, 2, 1) if digits[:length] in _calling_codes()), "")
    return {"code": f"+{code}" if code else "", "number": digits[len(code) :]}


@lru_cache(1)
def _calling_codes() -> frozenset[str]:
    codes = (one.phone_code for one in world.countries())
    return frozenset(code.removeprefix("+").partition("-")[0] for code in codes if code)


@lru_cache(1)
def _languages() -> dict[str, Language]:
    return {one.iso639_code: one for one in world.languages()}
