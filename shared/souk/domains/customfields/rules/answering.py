"""Reads the answers of a request, and makes their snapshots. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from souk.authentication.principal import Principal
from souk.domains.customfields.inputs import OptionInput
from souk.domains.customfields.model import Answer, AnswerSheet, FieldDefinition, FieldOption, FieldRegister, FieldType
from souk.domains.customfields.rules import access, values
from souk.values import texts
from souk.values.problems import Problems

MAX_ANSWERS: Final = 50
"""Answers of a posting or offer."""
_MAX_KEY: Final = 100
_MAX_NOTE: Final = 1_000
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Given:
    """An answer in a request."""

    path: str
    """Its place in the list of answers."""
    field_id: str | None
    value: str | None
    id: str | None = None
    """The id of an answer to keep."""
    noted: bool = False
    """Whether an answer that names no field is a note."""


@dataclass(frozen=True, slots=True)
class NewOption:
    """A new option in the request of a posting."""

    path: str
    """Its place in the list of new options."""
    field_id: str | None
    option: OptionInput
    at: int | None
    """Its index among the options; None for the end."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers, when, and by which fields."""

    principal: Principal
    now: str
    new_id: Callable[[], str]
    fields: Mapping[str, FieldDefinition]
    """The company's fields that the request names, by id."""


def with_fields(given: Sequence[Given], sheet: AnswerSheet) -> list[Given]:
    """Return the answers of a request, with the fields of the answers that they name by id alone."""
    fields = {one.id: one.field_id for one in sheet.answers if one.id}
    return [replace(one, field_id=one.field_id or fields.get(one.id or "")) for one in given]


def read(problems: Problems, given: Sequence[Given], sheet: AnswerSheet, by: Answerer) -> tuple[Answer, ...]:
    """Return the answers of a posting or offer after a request with all of its answers.

    Answers that the caller does not see stay. Reports answers that are not possible, by path.
    """
    seen = {one.id: one for one in sheet.answers if one.id and access.sees_answer(sheet, one, by.principal)}
    unseen = tuple(one for one in sheet.answers if not access.sees_answer(sheet, one, by.principal))
    if len(given) + len(unseen) > MAX_ANSWERS:
        problems.add("", f"at most {MAX_ANSWERS} answers are allowed.")
        return sheet.answers
    answers = list[Answer]()
    for one in given:
        earlier = seen.get(one.id) if one.id is not None else None
        if one.id is not None and (earlier is None or any(each.id == one.id for each in answers)):
            problems.add(f"{one.path}.id", f"there is no answer {one.id[:_SHOWN]!r} to keep; leave the id out.")
            continue
        answer = _answer(problems, one, earlier, by)
        if answer is not None:
            if _answered_twice(answer, answers):
                problems.add(one.path, "this field, or this option, is answered already.")
            answers.append(answer)
    return (*unseen, *answers)


def _answer(problems: Problems, given: Given, earlier: Answer | None, by: Answerer) -> Answer | None:
    """Return the answer of a request; None after reporting that it is not possible."""
    if earlier is not None and _keeps(given, earlier):
        return earlier
    field = by.fields.get(given.field_id or "")
    if field is None and given.noted:
        return _note(problems, given, by)
    if field is None or not field.active or not access.sees(field, by.principal):
        problems.add(f"{given.path}.{_KEY[given.noted]}", "use the id of an active custom field that you see.")
        return None
    option = None
    if field.type.has_options:
        if (option := _chosen(field, given.value, by.principal)) is None:
            problems.add(f"{given.path}.value", "use the id or the value of an option of this field.")
            return None
        value = option.value
    else:
        value = values.read(problems, f"{given.path}.value", field.type, given.value or "")
    return Answer(
        id=earlier.id if earlier else by.new_id(),
        field_id=field.id,
        item_id=option and option.id,
        type=field.type,
        label=field.label,
        value=value,
        display=option.display if option and option.display != value else None,
        acl=field.acl,
        creator_id=field.creator_id,
        created=earlier.created if earlier else by.now,
    )


_KEY: Final = {False: "customFieldId", True: "key"}
"""The field of the input that names the custom field, of postings and of offers."""


def _keeps(given: Given, earlier: Answer) -> bool:
    """Return whether a request repeats an answer. It then stays as it is, whatever has become of its field."""
    same_field = given.field_id is None or given.field_id in (earlier.field_id, earlier.label)
    return same_field and (given.value is None or given.value in (earlier.value, earlier.item_id))


def _note(problems: Problems, given: Given, by: Answerer) -> Answer:
    key = texts.line(problems, f"{given.path}.key", given.field_id or "", 1, _MAX_KEY)
    value = texts.paragraphs(problems, f"{given.path}.value", given.value or "", 0, _MAX_NOTE)
    return Answer(id=by.new_id(), label=key, value=value, creator_id=by.principal.user_id, created=by.now)


def _chosen(field: FieldDefinition, value: str | None, principal: Principal) -> FieldOption | None:
    """Return the option that a value names, by its id or else by its value."""
    possible = [one for one in field.options if one.active and access.can_choose(one, field.company_id, principal)]
    by_id = (one for one in possible if one.id == value)
    return next(by_id, None) or next((one for one in possible if one.value == value), None)


def _answered_twice(answer: Answer, others: Iterable[Answer]) -> bool:
    same = [one for one in others if answer.field_id is not None and one.field_id == answer.field_id]
    if answer.type is FieldType.DROP_DOWN_LIST_MULTIPLE_SELECT:
        return any(one.item_id == answer.item_id or one.type is not answer.type for one in same)
    return bool(same)


def check_required(
    problems: Problems,
    register: FieldRegister,
    answers: Iterable[Answer],
    team_id: str,
    principal: Principal,
) -> None:
    """Report required fields without an answer: those of the company and of the posting's team that the caller sees."""
    answered = {one.field_id for one in answers}
    for field in register.fields:
        applies = field.team_id in (None, team_id) and access.applies_to(register.company_id, field.team_id, principal)
        if field.required and applies and field.id not in answered:
            problems.add("", f"{field.label!r} needs an answer (custom field {field.id}).", missing=True)


def copied(
    answers: Iterable[Answer], own: Collection[Answer], new_id: Callable[[], str], now: str
) -> tuple[Answer, ...]:
    """Return the answers of an offer: those of its posting that it does not give itself, and its own."""
    given = {one.field_id for one in own if one.field_id}
    kept = (one for one in answers if one.field_id is None or one.field_id not in given)
    return (*(one.model_copy(update={"id": new_id(), "created": now}) for one in kept), *own)


def stale(answer: Answer, field: FieldDefinition) -> bool:
    """Return whether a field was archived, its type changed or the chosen option removed, since an answer."""
    option = field.option(answer.item_id)
    removed = answer.item_id is not None and (option is None or not option.active)
    return not field.active or field.type is not answer.type or removed
