"""Adds, changes and removes the records of the caller's profile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from souk.domains.files.rules import may_attach
from souk.domains.files.store import FILES
from souk.domains.talent.commands.editing import edit_own, request_key
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
from souk.domains.talent.model import (
    Certificate,
    Education,
    Employment,
    Experience,
    LinkedAccount,
    Profile,
    Record,
)
from souk.domains.talent.rules import records as rules
from souk.graph import Context
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

R = TypeVar("R", bound=Record)
Read = Callable[[Problems, R | None], dict[str, Any]]
"""Reads the fields of a request, for a record that is changed or a new one."""
_DAY: Final = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class RecordList(Generic[R]):
    """A list in a profile."""

    name: str
    """The attribute of Profile."""
    model: type[R]
    noun: str
    most: int

    def of(self, profile: Profile) -> tuple[R, ...]:
        """Return the records of a profile."""
        records: tuple[R, ...] = getattr(profile, self.name)
        return records

    def find(self, profile: Profile, record_id: str) -> R:
        """Return a record. Raises NotFound if the profile has none with this id."""
        for one in self.of(profile):
            if one.id == record_id:
                return one
        raise NotFound(f"Your profile has no {self.noun} with this id.")

    def replaced(self, profile: Profile, after: R) -> Profile:
        """Return a profile with a changed record."""
        records = tuple(after if one.id == after.id else one for one in self.of(profile))
        return profile.model_copy(update={self.name: records})


EMPLOYMENT: Final = RecordList("employment", Employment, "employment", 50)
EDUCATION: Final = RecordList("education", Education, "school or university", 20)
EXPERIENCES: Final = RecordList("experiences", Experience, "other experience", 50)
CERTIFICATES: Final = RecordList("certificates", Certificate, "certificate", 50)
ACCOUNTS: Final = RecordList("accounts", LinkedAccount, "linked account", 20)


def add_employment(ctx: Context, request: NewEmployment) -> Employment:
    """Add an employment."""
    return add(ctx, EMPLOYMENT, request, lambda problems, one: rules.employment(problems, request, one, _today(ctx)))


def change_employment(ctx: Context, request: EmploymentChange) -> Employment:
    """Change an employment."""
    return _change(
        ctx, EMPLOYMENT, request.id, lambda problems, one: rules.employment(problems, request, one, _today(ctx))
    )


def add_education(ctx: Context, request: NewEducation) -> Education:
    """Add a school or university."""
    return add(ctx, EDUCATION, request, lambda problems, one: rules.education(problems, request, one, _today(ctx)))


def change_education(ctx: Context, request: EducationChange) -> Education:
    """Change a school or university."""
    return _change(
        ctx, EDUCATION, request.id, lambda problems, one: rules.education(problems, request, one, _today(ctx))
    )


def add_experience(ctx: Context, request: NewExperience) -> Experience:
    """Add another experience."""
    return add(ctx, EXPERIENCES, request, lambda problems, _: rules.experience(problems, request))


def change_experience(ctx: Context, request: ExperienceChange) -> Experience:
    """Change another experience."""
    return _change(ctx, EXPERIENCES, request.id, lambda problems, _: rules.experience(problems, request))


def add_certificate(ctx: Context, request: NewCertificate) -> Certificate:
    """Add a certificate."""
    return add(ctx, CERTIFICATES, request, lambda problems, one: _certificate(ctx, problems, request, one))


def change_certificate(ctx: Context, request: CertificateChange) -> Certificate:
    """Change a certificate."""
    return _change(ctx, CERTIFICATES, request.id, lambda problems, one: _certificate(ctx, problems, request, one))


def link_account(ctx: Context, request: NewAccount) -> LinkedAccount:
    """Link an account elsewhere."""
    return add(ctx, ACCOUNTS, request, lambda problems, _: rules.account(problems, request, stamp(ctx.now)))


def unlink_account(ctx: Context, account_id: str) -> LinkedAccount:
    """Revoke the link to an account. From then on only the person sees it; repeating it changes nothing."""

    def change(profile: Profile) -> tuple[Profile, LinkedAccount]:
        before = ACCOUNTS.find(profile, account_id)
        now = stamp(ctx.now)
        after = before if before.revoked else before.model_copy(update={"revoked": now, "updated": now})
        return ACCOUNTS.replaced(profile, after), after

    return edit_own(ctx, change, "id")


def remove(ctx: Context, listed: RecordList[Any], record_id: str) -> bool:
    """Remove a record. Raises NotFound if the profile has none with this id."""

    def change(profile: Profile) -> tuple[Profile, bool]:
        listed.find(profile, record_id)
        kept = tuple(one for one in listed.of(profile) if one.id != record_id)
        return profile.model_copy(update={listed.name: kept}), True

    return edit_own(ctx, change, "id")


def add(
    ctx: Context,
    listed: RecordList[R],
    request: BaseModel,
    read: Read[R],
    check: Callable[[Profile, R], None] = lambda _profile, _record: None,
) -> R:
    """Add a record. A repeated idempotency key returns the record of the first request.

    `check` raises if the profile cannot have the new record.
    """
    problems = Problems("input")
    key = idempotency.key(problems, getattr(request, "idempotency_key", None))
    fields = read(problems, None)
    problems.raise_if_any()
    now, record_id = stamp(ctx.now), ctx.table.new_id()
    keyed = request_key(ctx, key)
    record = listed.model(
        id=record_id,
        created=now,
        updated=now,
        request_key=keyed,
        fingerprint=idempotency.fingerprint(request) if keyed else None,
        **fields,
    )

    def change(profile: Profile) -> tuple[Profile, R]:
        records = listed.of(profile)
        first = next((one for one in records if keyed and one.request_key == keyed), None)
        if first is not None and first.fingerprint != record.fingerprint:
            raise Conflict("This idempotency key was used for a different input.")
        if first is not None:
            return profile, first
        if len(records) >= listed.most:
            raise Conflict(f"A profile has at most {listed.most} entries of the kind {listed.noun}.")
        check(profile, record)
        return profile.model_copy(update={listed.name: (*records, record)}), record

    return edit_own(ctx, change, longest(request))


def _change(ctx: Context, listed: RecordList[R], record_id: str, read: Read[R]) -> R:
    """Change a record. Fields that are left out stay."""

    def change(profile: Profile) -> tuple[Profile, R]:
        before = listed.find(profile, record_id)
        problems = Problems("input")
        fields = read(problems, before)
        problems.raise_if_any()
        after = before.model_copy(update=fields)
        if after == before:
            return profile, before
        after = after.model_copy(update={"updated": stamp(ctx.now)})
        return listed.replaced(profile, after), after

    return edit_own(ctx, change, "input.description")


def _certificate(
    ctx: Context, problems: Problems, request: NewCertificate | CertificateChange, record: Certificate | None
) -> dict[str, Any]:
    fields = rules.certificate(problems, request, record, _today(ctx))
    if "attachment_id" in request.model_fields_set:
        fields["attachment_id"] = _file(ctx, problems, request.attachment_id)
    return fields


def _file(ctx: Context, problems: Problems, file_id: str | None) -> str | None:
    """Return the id of a confirmed file that the caller has uploaded."""
    if file_id is None:
        return None
    file = ctx.load(FILES, file_id, consistent=True)
    principal = ctx.principal
    if file is None or file.user_id != principal.user_id or not may_attach(file, principal.company_id):
        problems.add("attachmentId", f"you have no confirmed file {file_id[:40]!r} in this organization.")
        return None
    return file.id


def longest(request: BaseModel) -> str:
    """Return the path of the longest text of a request: what makes a profile too large."""
    texts = {name: value for name, value in request.model_dump(by_alias=True).items() if isinstance(value, str)}
    return f"input.{max(texts, key=lambda name: len(texts[name]))}" if texts else "input"


def _today(ctx: Context) -> str:
    return stamp(ctx.now)[:_DAY]
