"""The lists of definitions and of answers."""

from collections.abc import Callable, Collection

from souk.domains.customfields import views
from souk.domains.customfields.inputs import AnswersFilter, DefinitionFilter
from souk.domains.customfields.model import Answer, AnswerSheet, FieldDefinition, Owner
from souk.domains.customfields.rules import access
from souk.domains.customfields.store import COMPANY_ANSWERS, COMPANY_FIELDS, SHEETS, sheet_key, sheets_by_contract
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.graph.lists import DEFAULT_PAGE, Connection, Pagination, check_offset_page, connection, empty_connection
from souk.storage import View
from souk.values.errors import Unprocessable

_MAX_IDS = 100


def definitions(ctx: Context, wanted: DefinitionFilter, pagination: Pagination | None) -> Connection:
    """Return a page of the fields of the caller's company that the caller sees."""
    principal, company_id = ctx.principal, ctx.principal.company_id
    conditions: list[Callable[[FieldDefinition], bool]] = [lambda one: access.sees(one, principal)]
    if types := wanted.type_any:
        conditions.append(lambda one: one.type in types)
    if (active := wanted.active_eq) is not None:
        conditions.append(lambda one: one.active is active)
    if (organization_id := wanted.organization_id_eq) and organization_id != company_id:
        team = ctx.load(ORGANIZATIONS, organization_id)
        if team is None or team.company_id != company_id or not principal.acts_in(team.id, company_id):
            return empty_connection()
        conditions.append(lambda one: one.team_id in (None, organization_id))
    given = wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound_to = [principal.organization_id, given]
    view: View[FieldDefinition, FieldDefinition] = View(conditions=conditions)
    return connection(ctx.cursors, COMPANY_FIELDS.of(ctx.table, company_id), view, pagination, bound_to=bound_to)


def answers(ctx: Context, wanted: AnswersFilter, offset: int | None, limit: int | None) -> list[views.Part]:
    """Return the answers of the caller's company that match all conditions, by time and then by id.

    Raises Unprocessable without a condition, and for conditions that too many postings and offers fulfil.
    """
    begin, size = offset or 0, DEFAULT_PAGE if limit is None else limit
    check_offset_page(size, begin)
    given = {name: values for name in AnswersFilter.model_fields if (values := getattr(wanted, name)) is not None}
    if not given:
        raise Unprocessable("input: give at least one condition.")
    for name, values in given.items():
        if len(values) > _MAX_IDS:
            alias = AnswersFilter.model_fields[name].alias
            raise Unprocessable(f"input.{alias}: at most {_MAX_IDS} ids; these are {len(values)}.")
    if not ctx.principal.member or not all(given.values()):
        return []
    matches = _Conditions(wanted)
    if matches.impossible:
        return []
    found = [
        (one, sheet)
        for sheet in _sheets(ctx, wanted, matches)
        if sheet.company_id == ctx.principal.company_id and matches.sheet(sheet)
        for one in views.visible(sheet, ctx.principal, wanted.organization_ids)
        if matches.answer(one)
    ]
    found.sort(key=lambda pair: (pair[0].created, int(pair[0].id or 0)))
    return [views.answer(sheet, one) for one, sheet in found[begin : begin + size]]


class _Conditions:
    """The conditions of a filter, apart from organizations."""

    def __init__(self, wanted: AnswersFilter) -> None:
        self._wanted = wanted
        self.contract_ids = wanted.first_contract_ids
        if self.contract_ids is None:
            self.contract_ids = wanted.rollup_assignment_ids

    @property
    def impossible(self) -> bool:
        """Whether nothing can match: nothing has these ids, or is both an answer of a posting and of an offer."""
        wanted = self._wanted
        if wanted.byo_invitation_ids or wanted.buy_it_now_ids or wanted.questionnaire_responses_ids:
            return True
        return bool(wanted.job_posting_ids and (wanted.offer_ids or self.contract_ids))

    def sheet(self, sheet: AnswerSheet) -> bool:
        """Return whether the answers of a posting or offer can match."""
        posting = sheet.owner is Owner.POSTING
        return (
            _among(sheet.owner_id if posting else None, self._wanted.job_posting_ids)
            and _among(None if posting else sheet.owner_id, self._wanted.offer_ids)
            and _among(sheet.contract_id, self.contract_ids)
        )

    def answer(self, answer: Answer) -> bool:
        """Return whether an answer matches."""
        wanted = self._wanted
        return (
            _among(answer.id, wanted.response_ids)
            and _among(answer.field_id, wanted.ids)
            and _among(answer.item_id, wanted.item_ids)
        )


def _among(value: str | None, accepted: Collection[str] | None) -> bool:
    return accepted is None or value in accepted


def _sheets(ctx: Context, wanted: AnswersFilter, matches: _Conditions) -> list[AnswerSheet]:
    """Return the sheets that can match: by their keys where the filter names them, or else those of the company."""
    if owners := wanted.job_posting_ids or wanted.offer_ids:
        ctx.fetch(dict.fromkeys(map(sheet_key, owners), SHEETS))
        found = (ctx.entities[sheet_key(one)] for one in dict.fromkeys(owners))
        return [sheet for sheet in found if sheet is not None]
    if matches.contract_ids:
        return sheets_by_contract(ctx.table, dict.fromkeys(matches.contract_ids).keys())
    every: View[AnswerSheet, AnswerSheet] = View(
        conditions=[matches.sheet], narrow="Ask for job postings, offers or contracts."
    )
    return COMPANY_ANSWERS.of(ctx.table, ctx.principal.company_id).all(every)
