"""Importing organizations and teams."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from souk.domains.dataimports.commands.importing import Importer, Written
from souk.domains.dataimports.model import ImportKind, Row
from souk.domains.dataimports.rules.cells import Cells
from souk.domains.identity.inputs import Address, CreateOrganization, UpdateOrganization, UpdateOrganizationProfile
from souk.domains.identity.model import BillingType, Location, Organization
from souk.domains.identity.rules import organization_profile, organizations
from souk.domains.identity.rules.founding import Side, new_company, side_of
from souk.domains.identity.store import ORGANIZATIONS, create_team
from souk.domains.marketplace.store import current
from souk.values.times import stamp

_ADDRESS: Final = {"street": "address", "city": "city", "state": "state", "zip": "zip_code", "country": "country"}
"""The field of the input `Address` of each column."""
_PROFILE: Final = ("description", "summary", "website")


class Organizations(Importer):
    """Imports organizations and teams, with the rules of `updateOrganization`, `createOrganization` and sign-up."""

    kind = ImportKind.ORGANIZATIONS
    columns: ClassVar[Mapping[str, str]] = {
        "organizationName": "name",
        "address": "street",
        "zipCode": "zip",
        "vatId": "vat_id",
        "parentOrganizationId": "parent_external_id",
        **{name: name for name in ("city", "state", "country", *_PROFILE)},
    }

    def prefetch(self, rows: Iterable[Row]) -> None:
        """Read the organizations of some rows, and their parents."""
        names = [row.cells.get(name) for row in rows for name in ("external_id", "parent_external_id")]
        self.lookup.fetch_named((self.kind, name) for name in names if name)

    def write(self, cells: Cells, external_id: str) -> Written:
        """Create or change an organization."""
        before: Organization | None = self.lookup.named(self.kind, external_id)
        side = cells.choice("side", list(Side))
        enterprise = cells.flag("enterprise")
        cells.check()
        parent = self._parent(cells)
        if before and (side_of(before) != side or (parent and parent.id) != before.parent_id):
            cells.refuse("side" if side_of(before) != side else "parent_external_id", "cannot change.")
        base = before or self._blank(cells, Side(side or ""), parent)
        after = self._changed(base, cells, enterprise)
        if before and after == before:
            return Written(before.id, before=before, changed=False)
        tx = self.table.transaction()
        self.reserve(tx, external_id, after.id)
        if before:
            tx.update(ORGANIZATIONS, after)
        elif parent:
            create_team(tx, after)
        else:
            tx.create(ORGANIZATIONS, after)
        tx.commit()
        return Written(after.id, before=before, keys=(ORGANIZATIONS.key(after.id),))

    def _parent(self, cells: Cells) -> Organization | None:
        name = cells.external_id("parent_external_id")
        if not name:
            return None
        parent: Organization | None = self.lookup.named(self.kind, name)
        return parent or cells.refuse("parent_external_id", f"there is no organization {name[:60]!r} yet.")

    def _blank(self, cells: Cells, side: Side, parent: Organization | None) -> Organization:
        name, since = cells.text("name"), stamp(self.now)
        if parent is None:
            currency = current(self.table).currencies[0]
            new_id = self.table.new_id()
            return new_company(new_id, name, side, location=Location(), since=since, currency=currency)
        if side_of(parent) != side:
            cells.refuse("side", "a team is on the side of its company.")
        wanted = CreateOrganization(parent_organization_id=parent.id, organization_name=name)
        return organizations.new_team(self.table.new_id(), parent, 0, wanted, self.now)  # the store counts the teams

    def _changed(self, base: Organization, cells: Cells, enterprise: bool | None) -> Organization:
        address = Address(**{_ADDRESS[name]: cells.get(name) for name in cells.given(*_ADDRESS)})
        given: dict[str, Any] = {"organization_name": cells.text("name"), "address": address}
        if cells.given("vat_id"):
            given["vat_id"] = cells.get("vat_id")
        after = organizations.apply_change(base, UpdateOrganization(**given))
        profile = {name: cells.get(name) for name in cells.given(*_PROFILE)}
        after = organization_profile.apply_change(after, UpdateOrganizationProfile(**profile))
        if enterprise is None or enterprise == base.enterprise:
            return after
        if not enterprise:
            cells.refuse("enterprise", "ends in the console, where it is checked that the company owes nothing.")
        if after.is_team or side_of(after) is not Side.CLIENT:
            cells.refuse("enterprise", "only a client company can be an enterprise.")
        return after.model_copy(update={"enterprise": True, "billing_type": after.billing_type or BillingType.BILL})
