"""Importing job postings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from souk.authentication.principal import Principal, Role
from souk.authentication.rate_limits import Meter
from souk.authentication.records import Membership
from souk.domains.customfields.store import REGISTERS, register_key
from souk.domains.dataimports.commands.importing import Importer, Written
from souk.domains.dataimports.model import ImportKind, Row
from souk.domains.dataimports.rules import postings as rules
from souk.domains.dataimports.rules.cells import Cells
from souk.domains.dataimports.store import origin_name
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.commands import bring_in
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.changes import Origin
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import CLIENT_RECORDS, client_record_key
from souk.domains.marketplace.store import current
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key
from souk.web.signing import Signer

_NOBODY: Final = Principal("", "", "", "", Role.NONE, frozenset())


class Postings(Importer):
    """Imports postings, with the rules of `createJobPosting` and `updateJobPosting`.

    They belong to the oldest member of their organization who may post jobs.
    """

    kind = ImportKind.JOB_POSTINGS
    columns = rules.COLUMNS

    def prefetch(self, rows: Sequence[Row]) -> None:
        """Read the postings of some rows, their organizations, and what the commands ask about these."""
        names = [row.cells.get("organization_external_id") or "" for row in rows]
        self.lookup.fetch_named(
            [
                *((self.kind, row.cells.get("external_id") or "") for row in rows),
                *((ImportKind.ORGANIZATIONS, name) for name in names),
            ]
        )
        teams = [team for name in names if (team := self.lookup.named(ImportKind.ORGANIZATIONS, name))]
        self.lookup.fetch_leaders(team.id for team in teams)
        companies = {team.company_id for team in teams}
        asked: dict[Key, Source] = {client_record_key(one): CLIENT_RECORDS for one in companies}
        asked |= {register_key(one): REGISTERS for one in companies}
        self._asked = self._blank()
        self._asked.fetch(asked, consistent=True)

    def forget(self) -> None:
        """Forget what was read for some rows."""
        super().forget()
        self._asked = self._blank()

    def write(self, cells: Cells, external_id: str) -> Written:
        """Create or change a posting."""
        before: Job | None = self.lookup.named(self.kind, external_id)
        status, published = rules.status_of(cells), cells.time("published", self.now)
        team, company = self._organizations(cells)
        currency = before.currency if before else current(self.table).currency_of(company.currency)
        if cells.get("currency") not in (None, currency):
            cells.add("currency", f"must be that of the company: {currency}.")
        if before and before.organization_id != team.id:
            cells.refuse("organization_external_id", "a posting cannot move to another organization.")
        leader = self._leader(cells, team)
        if before and status is None and before.status in rules.CLOSED:
            status = before.status
        closed = status if status in rules.CLOSED else None
        request = rules.request_of(cells, team.id, None if closed else status)
        origin = Origin(origin_name(self.kind, external_id), published, closed, self.options.emits)
        job = bring_in(self._context(team, company, leader), before, request, origin)
        return Written(job.id, before=before, changed=job is not before, keys=(JOBS.key(job.id),))

    def _organizations(self, cells: Cells) -> tuple[Organization, Organization]:
        """Return the organization of a row, and its company."""
        name = cells.external_id("organization_external_id")
        team: Organization | None = self.lookup.named(ImportKind.ORGANIZATIONS, name)
        company = team and self.lookup.get(ORGANIZATIONS, team.company_id)
        if team is None or company is None:
            cells.refuse("organization_external_id", f"there is no organization {name[:60]!r} yet.")
        return team, company

    def _leader(self, cells: Cells, team: Organization) -> Membership:
        leader = self.lookup.leader(team.id) or self.lookup.leader(team.company_id)
        return leader or cells.refuse(
            "organization_external_id",
            "nobody there may post jobs. First import an owner, an admin or a hiring manager.",
        )

    def _context(self, team: Organization, company: Organization, leader: Membership) -> Context:
        """Return a request of a member of the organization, which knows the organization and its company."""
        principal = Principal(
            user_id=leader.user_id,
            key_id="",
            organization_id=team.id,
            company_id=company.id,
            role=leader.role,
            scopes=frozenset(),
        )
        known = {ORGANIZATIONS.key(one.id): one for one in (team, company)}
        return replace(self._asked, principal=principal, entities=self._asked.entities | known)

    def _blank(self) -> Context:
        """Return a request of nobody. It reads no cursors."""
        return Context(_NOBODY, self.table, Signer(lambda: b""), self.now, "", "", Meter(self.table.client, ""))
