"""Employment, education, other experiences and certificates: what their inputs may contain. Pure.

Each function returns the stored fields that a request gives. `record` is the one that is changed; None for a new one.
Problems are collected; the caller raises them.
"""

from typing import Any, Final

from souk.domains.reference import world
from souk.domains.talent.inputs import (
    CertificateChange,
    EducationChange,
    EmploymentChange,
    ExperienceChange,
    NewAccount,
    NewCertificate,
    NewEducation,
    NewEmployment,
    NewExperience,
)
from souk.domains.talent.model import Certificate, CertificateStatus, Education, Employment
from souk.domains.talent.rules import dates
from souk.domains.talent.rules.fields import CANNOT_BE_NULL, Text, given_values, read_texts, read_url
from souk.values import moments
from souk.values.problems import Problems

MAX_DESCRIPTION: Final = 5_000
_NAME: Final = Text(100, required=True)
_ID: Final = Text(100)
_DESCRIPTION: Final = Text(MAX_DESCRIPTION, lines=True)
_EMPLOYMENT: Final = {
    "company_name": _NAME,
    "job_title": _NAME,
    "standardized_company_id": _ID,
    "standardized_job_title_id": _ID,
    "role": _NAME,
    "description": _DESCRIPTION,
    "city": _NAME,
}
_EDUCATION: Final = {
    "institution_name": _NAME,
    "standardized_institution_id": _ID,
    "area_of_study": Text(100),
    "standardized_area_of_study_id": _ID,
    "degree": Text(100),
    "standardized_degree_id": _ID,
    "description": _DESCRIPTION,
}
_EXPERIENCE: Final = {"subject": _NAME, "description": Text(MAX_DESCRIPTION, required=True, lines=True)}
_CERTIFICATE: Final = {
    "name": _NAME,
    "provider": Text(100),
    "description": _DESCRIPTION,
    "certification_number": Text(100),
    "submission_code": Text(100),
    "score": Text(50),
    "notes": Text(1_000, lines=True),
    "business_name": Text(100),
}
_VERIFIED: Final = ("name", "provider", "url", "certification_number")
"""The fields of a certificate that operators verify."""


def employment(
    problems: Problems, request: NewEmployment | EmploymentChange, record: Employment | None, today: str
) -> dict[str, Any]:
    """Return the fields of an employment."""
    fields: dict[str, Any] = read_texts(problems, request, _EMPLOYMENT) | _read_dates(problems, request)
    if "start_date" in fields and not fields["start_date"] and not request.start_date:
        problems.add("startDate", CANNOT_BE_NULL)
    if "country" in request.model_fields_set:
        fields["country"] = _country(problems, request.country)
    start, end = _period(problems, fields, record)
    dates.check_past(problems, "startDate", start, today)
    dates.check_past(problems, "endDate", end, today)
    return fields


def education(
    problems: Problems, request: NewEducation | EducationChange, record: Education | None, today: str
) -> dict[str, Any]:
    """Return the fields of a school or university. Its end may be in the future."""
    fields: dict[str, Any] = read_texts(problems, request, _EDUCATION) | _read_dates(problems, request)
    start, _ = _period(problems, fields, record)
    dates.check_past(problems, "startDate", start, today)
    return fields


def experience(problems: Problems, request: NewExperience | ExperienceChange) -> dict[str, Any]:
    """Return the fields of another experience."""
    fields: dict[str, Any] = read_texts(problems, request, _EXPERIENCE)
    if request.active is not None:
        fields["active"] = request.active
    return fields


def certificate(
    problems: Problems, request: NewCertificate | CertificateChange, record: Certificate | None, today: str
) -> dict[str, Any]:
    """Return the fields of a certificate, without its file. A change of what was verified ends the verification."""
    fields: dict[str, Any] = read_texts(problems, request, _CERTIFICATE)
    for name, path in (("provider_link", "providerLink"), ("url", "url")):
        if name in request.model_fields_set:
            fields[name] = read_url(problems, path, getattr(request, name))
    for name, path in (("earned_date", "earnedDate"), ("expiration_date", "expirationDate")):
        if name in request.model_fields_set:
            fields[name] = dates.read(problems, path, getattr(request, name))
    fields |= given_values(problems, request, "visibility", *(["active"] if record else []))
    earned = fields.get("earned_date", record.earned_date if record else None)
    expires = fields.get("expiration_date", record.expiration_date if record else None)
    dates.check_past(problems, "earnedDate", earned, today)
    if earned and expires and dates.before(expires, earned):
        problems.add("expirationDate", "must not be before the day when it was earned.")
    if record and any(fields.get(name, getattr(record, name)) != getattr(record, name) for name in _VERIFIED):
        fields["status"] = CertificateStatus.SELF_REPORTED
    return fields


def needs_review(certificate: Certificate) -> bool:
    """Return whether operators should look at a certificate: one without a decision that shows something to look at."""
    undecided = certificate.status is CertificateStatus.SELF_REPORTED
    return undecided and certificate.active and bool(certificate.url or certificate.attachment_id)


def account(problems: Problems, request: NewAccount, now: str) -> dict[str, Any]:
    """Return the fields of a linked account."""
    fields: dict[str, Any] = read_texts(problems, request, {"name": Text(50, required=True)})
    fields["user_profile"] = read_url(problems, "userProfile", request.user_profile)
    if fields["user_profile"] is None:
        problems.add("userProfile", "a URL is required.")
    if request.expiry_date_time:
        until = moments.parse(request.expiry_date_time)
        if until is None:
            problems.add("expiryDateTime", moments.EXPECTED)
        elif until.last <= now:
            problems.add("expiryDateTime", "must be in the future.")
        else:
            fields["expires"] = until.last
    return fields


def _read_dates(
    problems: Problems, request: NewEmployment | EmploymentChange | NewEducation | EducationChange
) -> dict[str, str | None]:
    paths = {"start_date": "startDate", "end_date": "endDate"}
    given = {name: path for name, path in paths.items() if name in request.model_fields_set}
    return {name: dates.read(problems, path, getattr(request, name)) for name, path in given.items()}


def _period(
    problems: Problems, fields: dict[str, Any], record: Employment | Education | None
) -> tuple[str | None, str | None]:
    """Return the start and the end after a change. Reports an end before its start."""
    start = fields.get("start_date", record.start_date if record else None)
    end = fields.get("end_date", record.end_date if record else None)
    dates.check_order(problems, "endDate", start, end)
    return start, end


def _country(problems: Problems, given: str | None) -> str | None:
    code = world.country_code(given.strip()) if given and len(given) <= _NAME.most else None
    if code is None:
        problems.add("country", "use the name or the ISO code of a country, as in `countries`.")
    return code
