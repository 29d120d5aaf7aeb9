"""Importing people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.dataimports.commands.importing import Importer, Written
from souk.domains.dataimports.model import ImportKind, Row
from souk.domains.dataimports.rules.cells import Cells
from souk.domains.identity.commands.members import save, with_companies
from souk.domains.identity.commands.nicknames import new_nickname
from souk.domains.identity.inputs import AccountLocationChange, UpdateAccount
from souk.domains.identity.model import Organization, User, public_name
from souk.domains.identity.rules.account import apply_change, nickname_problem
from souk.domains.identity.rules.founding import Side, new_company
from souk.domains.identity.rules.members import owns
from souk.domains.identity.store import (
    ORGANIZATIONS,
    USERS,
    create_membership,
    create_user,
    email_guard,
    nickname_guard,
)
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.marketplace.store import current
from souk.storage import Key
from souk.values.emails import email_address
from souk.values.times import stamp

_ROLES: Final = tuple(role.value for role in Role if role is not Role.NONE)
_PLACE: Final = ("country", "timezone")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the checked cells of a row say."""

    email: str
    organization: Organization | None
    role: str | None
    created: str | None


class Users(Importer):
    """Imports people, with the rules of sign-up, `updateAccount` and `updateMember`.

    They have no password and no verified address: their account begins when they set a password for this address.
    """

    kind = ImportKind.USERS
    columns: ClassVar[Mapping[str, str]] = {
        "firstName": "first_name",
        "lastName": "last_name",
        **{name: name for name in ("phone", "country", "timezone")},
    }

    def prefetch(self, rows: Sequence[Row]) -> None:
        """Read the people of some rows, their organizations, and who has their addresses and nicknames."""
        cells = [row.cells for row in rows]
        self.lookup.fetch_named(
            [
                *((self.kind, one.get("external_id") or "") for one in cells),
                *((ImportKind.ORGANIZATIONS, one.get("organization_external_id") or "") for one in cells),
            ]
        )
        addresses = filter(None, (email_address(one.get("email") or "") for one in cells))
        nicknames = filter(None, (one.get("nickname") for one in cells))
        self.lookup.fetch(Key(one, "UNIQ") for one in (*map(email_guard, addresses), *map(nickname_guard, nicknames)))

    def write(self, cells: Cells, external_id: str) -> Written:
        """Create or change a person."""
        before: User | None = self.lookup.named(self.kind, external_id)
        if before and (before.erased or before.service):
            cells.refuse(None, "this account was erased, or it is a service account.")
        role = cells.choice("role", _ROLES)
        created = cells.time("created", self.now)
        email = email_address(cells.text("email"))
        if email is None:
            cells.add("email", "must be an e-mail address, such as olivia@example.com.")
        cells.check()
        wanted = _Wanted(email or "", self._organization(cells), role, created)
        if before:
            if created not in (None, before.creation_date):
                cells.add("created", "cannot change.")
            return self._change(cells, external_id, before, wanted)
        return self._create(cells, external_id, wanted)

    def _organization(self, cells: Cells) -> Organization | None:
        name = cells.external_id("organization_external_id")
        if not name:
            return None
        found: Organization | None = self.lookup.named(ImportKind.ORGANIZATIONS, name)
        return found or cells.refuse("organization_external_id", f"there is no organization {name[:60]!r} yet.")

    def _create(self, cells: Cells, external_id: str, wanted: _Wanted) -> Written:
        email, organization = wanted.email, wanted.organization
        nickname = cells.get("nickname")
        if self.lookup.holder(email_guard(email)):
            cells.add("email", "another account has this address.")
        if nickname and (wrong := nickname_problem(nickname)):
            cells.add("nickname", wrong)
        elif nickname and self.lookup.holder(nickname_guard(nickname)):
            cells.add("nickname", "another account has this nickname.")
        cells.check()
        since = wanted.created or stamp(self.now)
        first, last = cells.text("first_name"), cells.text("last_name")
        blank = User(
            id=self.table.new_id(),
            nickname=nickname or new_nickname(first, last),
            email=email,
            first_name=first,
            last_name=last,
            creation_date=since,
            organization_id="",
        )
        user = apply_change(blank, _account(cells), current(self.table).languages)
        tx = self.table.transaction()
        self.reserve(tx, external_id, user.id)
        own = organization or new_company(
            self.table.new_id(),
            public_name(user.first_name, user.last_name),
            Side.FREELANCER,
            location=user.location,
            since=since,
            currency=current(self.table).currencies[0],
        )
        membership = _membership(
            self.table.new_id(), user.id, own, wanted.role or ("MEMBER" if organization else "OWNER")
        )
        user = create_user(tx, user.model_copy(update={"organization_id": own.id, "company_ids": (own.company_id,)}))
        create_membership(tx, membership.model_copy(update={"since": since}))
        if organization is None:
            tx.create(ORGANIZATIONS, own.model_copy(update={"contact_user_id": user.id}))
        elif owns(membership) and organization.contact_user_id is None:
            tx.update(ORGANIZATIONS, organization.model_copy(update={"contact_user_id": user.id}))
        if self.options.invite:
            link = f"{self.options.base_url}/account/activate?{urlencode({'email': email})}"
            queue(tx, MailTemplate.ACCOUNT_IMPORTED, user.id, self.now, link=link, email=email)
        tx.commit()
        written = [USERS.key(user.id), ORGANIZATIONS.key(own.id)]
        written += [Key(guard, "UNIQ") for guard in (email_guard(email), nickname_guard(user.nickname))]
        return Written(user.id, before=None, keys=tuple(written))

    def _change(self, cells: Cells, external_id: str, before: User, wanted: _Wanted) -> Written:
        if wanted.email != before.email.lower():
            cells.add("email", "people change their address themselves, in their account.")
        if cells.get("nickname") not in (None, before.nickname):
            cells.add("nickname", "cannot change.")
        cells.check()
        after = apply_change(before, _account(cells), current(self.table).languages)
        tx = self.table.transaction()
        joined = self._joined(cells, before, wanted.organization, wanted.role) if wanted.organization else None
        if after == before and joined is None:
            return Written(before.id, before=before, changed=False)
        self.reserve(tx, external_id, before.id)
        if joined:
            save(tx, joined)
            after = with_companies(self.table, after, joined)
        tx.update(USERS, after)  # also if only a membership changes, so that concurrent changes of these conflict
        tx.commit()
        keys = (USERS.key(before.id), *([MEMBERSHIPS.key(before.id, joined.organization_id)] if joined else []))
        return Written(before.id, before=before, keys=keys)

    def _joined(self, cells: Cells, user: User, organization: Organization, role: str | None) -> Membership | None:
        """Return a new or changed membership; None if it stays."""
        before = self.lookup.get(MEMBERSHIPS, user.id, organization.id)
        if before is None:
            new = _membership(self.table.new_id(), user.id, organization, role or "MEMBER")
            return new.model_copy(update={"since": stamp(self.now)})
        after = before.model_copy(update={"role": Role(role) if role else before.role, "active": True})
        if after == before:
            return None
        if before.operator or owns(before):
            cells.refuse("role", "owners and operators are changed among the members of the organization.")
        return after


def _account(cells: Cells) -> UpdateAccount:
    given: dict[str, Any] = {"first_name": cells.text("first_name"), "last_name": cells.text("last_name")}
    if cells.given("phone"):
        given["phone"] = cells.get("phone")
    if place := cells.given(*_PLACE):
        given["location"] = AccountLocationChange(**{name: cells.get(name) for name in place})
    return UpdateAccount(**given)


def _membership(membership_id: str, user_id: str, organization: Organization, role: str) -> Membership:
    return Membership(
        id=membership_id,
        user_id=user_id,
        organization_id=organization.id,
        company_id=organization.company_id,
        role=Role(role),
    )
