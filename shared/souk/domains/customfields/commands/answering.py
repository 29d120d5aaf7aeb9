"""Answers of postings and offers: read from a request, and written in the transaction of the posting or offer.

What a field allows is read before the write and not checked again: an answer that meets a change of its field shows
itself as stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from souk.domains.customfields.commands.teams import check_teams
from souk.domains.customfields.model import Answer, AnswerSheet, FieldDefinition, FieldRegister, FieldUse
from souk.domains.customfields.rules import access, answering, defining
from souk.domains.customfields.rules.answering import Answerer, Given, NewOption
from souk.domains.customfields.store import (
    FIELDS,
    MAX_SHEET_BYTES,
    REGISTERS,
    SHEETS,
    USES,
    field_key,
    mark_used,
    register_key,
    save_field,
    save_sheet,
    sheet_key,
    use_key,
)
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key, Transaction
from souk.values.ids import is_id
from souk.values.problems import Problems
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to be written with their posting or offer."""

    before: AnswerSheet
    after: AnswerSheet
    used: Sequence[tuple[str, str]] = ()
    """The options that are chosen for the first time, with their fields."""
    extended: Sequence[FieldDefinition] = ()
    """Fields with new options."""

    def save(self, tx: Transaction) -> None:
        """Add the answers, and what changes with them, to a transaction."""
        for one in self.extended:
            save_field(tx, one)
        for field_id, item_id in self.used:
            mark_used(tx, self.after.company_id, field_id, item_id)
        if self.after != self.before or not self.after.version:
            save_sheet(tx, self.after)


def of_posting(
    ctx: Context,
    blank: AnswerSheet,
    team_id: str,
    given: Sequence[Given] | None,
    new_options: Sequence[NewOption],
    *,
    publishes: bool,
    published: bool,
) -> Answers | None:
    """Return the answers of a posting after a request; None if it leaves them as they are.

    `blank` is the posting without answers, or with those that an earlier release stored. `given` are all of its
    answers; None keeps those that there are. Required fields are checked when a request publishes the posting, and
    when it changes the answers of a published one.

    Raises Unprocessable for answers that are not possible or missing, and Forbidden for new options by a caller who
    may not define the field.
    """
    if given is None and not new_options and not publishes:
        return None
    named = [one.field_id for one in given or ()] + [one.field_id for one in new_options]
    known = _read(ctx, blank.company_id, named, blank.owner_id)
    before = known.sheet or blank
    if given is not None:
        given = answering.with_fields(given, before)  # an id alone names the field of its answer, too
        named += [one.field_id for one in given]
        known = _read(ctx, blank.company_id, named, blank.owner_id)
    fields, extended = _extended(ctx, known.fields, new_options)
    problems = Problems("jobPostingRequest.customFields.responses")
    after = before
    if given is not None:
        by = Answerer(ctx.principal, stamp(ctx.now), ctx.table.new_id, fields)
        answers = answering.read(problems, given, before, by)
        after = _sheet(problems, before, answers)
    if publishes or (published and given is not None):
        answering.check_required(problems, known.register, after.answers, team_id, ctx.principal)
    problems.raise_if_any()
    if given is None and not extended:
        return None
    return Answers(before, after, known.first_uses(after.answers), extended)


def of_offer(
    ctx: Context, problems: Problems, blank: AnswerSheet, given: Sequence[Given], posting: AnswerSheet | None
) -> Answers:
    """Return the answers of a new offer: its own, and those of its posting that it does not give itself.

    `posting` is the posting without answers, or with those that an earlier release stored; None without a posting.
    """
    named = [one.field_id for one in given]
    known = _read(ctx, blank.company_id, named, posting.owner_id if posting else None)
    by = Answerer(ctx.principal, blank.created, ctx.table.new_id, known.fields)
    own = answering.read(problems, given, blank, by)
    earlier = known.sheet or posting
    answers = answering.copied(earlier.answers if earlier else (), own, ctx.table.new_id, blank.created)
    if len(answers) > answering.MAX_ANSWERS:
        most = answering.MAX_ANSWERS
        problems.add("", f"at most {most} answers are allowed; {len(answers) - len(own)} come from the job posting.")
    return Answers(blank, _sheet(problems, blank, answers), known.first_uses(own))


def accept(tx: Transaction, sheet: AnswerSheet, contract_id: str) -> None:
    """Add to a transaction that the answers of an offer are those of its contract, too."""
    save_sheet(tx, sheet.model_copy(update={"contract_id": contract_id}))


def needs(owner_id: str) -> Mapping[Key, Source]:
    """Return the item with the answers of a posting or offer, to be fetched with others."""
    return {sheet_key(owner_id): SHEETS}


def sheet_of(ctx: Context, blank: AnswerSheet) -> AnswerSheet:
    """Return the answers of a posting or offer. `blank` has those that an earlier release stored in it."""
    return ctx.load(SHEETS, blank.owner_id) or blank


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about the fields of a request."""

    sheet: AnswerSheet | None
    register: FieldRegister
    fields: dict[str, FieldDefinition]
    uses: dict[str, FieldUse]

    def first_uses(self, answers: Iterable[Answer]) -> list[tuple[str, str]]:
        """Return the options of answers that no earlier answer has chosen."""
        return [
            (one.field_id, one.item_id)
            for one in answers
            if one.field_id in self.uses and one.item_id and one.item_id not in self.uses[one.field_id].options
        ]


def _read(ctx: Context, company_id: str, named: Iterable[str | None], owner_id: str | None) -> _Known:
    """Read the answers of a posting and the company's fields that a request names, in one round trip."""
    ids = list(dict.fromkeys(one for one in named if one is not None and is_id(one)))[: 2 * answering.MAX_ANSWERS]
    wanted: dict[Key, Source] = {register_key(company_id): REGISTERS}
    if owner_id is not None:
        wanted |= needs(owner_id)
    wanted |= dict.fromkeys((field_key(company_id, one) for one in ids), FIELDS)
    wanted |= dict.fromkeys((use_key(company_id, one) for one in ids), USES)
    ctx.fetch(wanted, consistent=True)
    found = {one: ctx.entities[field_key(company_id, one)] for one in ids}
    return _Known(
        sheet=ctx.entities[sheet_key(owner_id)] if owner_id is not None else None,
        register=ctx.entities[register_key(company_id)] or FieldRegister(company_id=company_id),
        fields={one: stored for one, stored in found.items() if stored is not None},
        uses={one: ctx.entities[use_key(company_id, one)] for one in ids},
    )


def _extended(
    ctx: Context, fields: Mapping[str, FieldDefinition], new_options: Sequence[NewOption]
) -> tuple[dict[str, FieldDefinition], list[FieldDefinition]]:
    """Return fields with the new options of a request, and those of them that have changed."""
    changed = dict(fields)
    problems = Problems("jobPostingRequest.customFields.newDropdowns")
    if len(new_options) > answering.MAX_ANSWERS:
        problems.add("", f"at most {answering.MAX_ANSWERS} new options are allowed.")
        problems.raise_if_any()
    for one in new_options:
        known = changed.get(one.field_id or "")
        if known is None or not known.active or not known.type.has_options or not access.sees(known, ctx.principal):
            problems.add(f"{one.path}.customFieldId", "use the id of an active drop-down list that you see.")
            continue
        access.require_definer(known.company_id, known.team_id, ctx.principal)
        option = defining.option(problems, one.path, one.option, ctx.table.new_id())
        changed[known.id] = defining.with_option(problems, one.path, known, option, one.at)
    teams = {f"{one.path}.teamRids": one.option.team_ids or () for one in new_options}
    check_teams(ctx, problems, ctx.principal.company_id, teams)
    problems.raise_if_any()
    modified = {"modified": stamp(ctx.now)}
    extended = [one.model_copy(update=modified) for id_, one in changed.items() if one is not fields[id_]]
    return changed, extended


def _sheet(problems: Problems, sheet: AnswerSheet, answers: tuple[Answer, ...]) -> AnswerSheet:
    """Return the answers of a posting or offer as they are stored. Reports answers that are too large together."""
    changed = sheet.model_copy(update={"answers": answers})
    if (size := len(changed.model_dump_json().encode())) > MAX_SHEET_BYTES:
        problems.add("", f"the answers take {size} bytes together; the limit is {MAX_SHEET_BYTES}.")
    return changed
