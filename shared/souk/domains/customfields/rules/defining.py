"""Checks of definitions: labels, options, and the register of a company's active fields. Pure."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from souk.domains.customfields.inputs import OptionInput
from souk.domains.customfields.model import (
    AclType,
    ActiveField,
    FieldDefinition,
    FieldOption,
    FieldRegister,
    FieldType,
)
from souk.values import texts
from souk.values.errors import Conflict, Unprocessable
from souk.values.problems import Problems

MAX_FIELDS: Final = 200
"""Active fields of a company."""
MAX_OPTIONS: Final = 200
"""Active options of a field."""
MAX_KEPT: Final = 500
"""Options of a field with the removed ones that answers have chosen."""
MAX_TEAMS: Final = 50
"""Teams that the options of one request name."""
MAX_LABEL: Final = 100
MAX_OPTION: Final = 100
MAX_DESCRIPTION: Final = 500


def label(problems: Problems, text: str) -> str:
    """Return the checked label of a field."""
    return texts.line(problems, "label", text, 1, MAX_LABEL)


def team(problems: Problems, acl_type: AclType, team_id: str | None) -> str | None:
    """Return the team of a field; None for the whole company. Whether the team exists is not checked."""
    if acl_type is AclType.TEAM:
        if team_id is None:
            problems.add("teamId", "a field of a team needs the id of the team.", missing=True)
        return team_id
    if team_id is not None:
        problems.add("teamId", "only with aclType TEAM; leave it out.")
    return None


def options(
    problems: Problems,
    type_: FieldType,
    given: Sequence[OptionInput] | None,
    before: FieldDefinition | None,
    *,
    used: Collection[str],
    new_id: Callable[[], str],
) -> tuple[FieldOption, ...]:
    """Return the options of a field.

    `given` is the whole list; None keeps those that there are. `used` are the options that answers have chosen. Removed
    ones of them are kept, so that they can come back with their ids.
    """
    known = before.options if before else ()
    if not type_.has_options:
        if given:
            problems.add("options", f"a field of the type {type_} has no options; leave them out.")
        return ()
    if given is None:
        if not any(one.active for one in known):
            problems.add("options", f"a field of the type {type_} needs options.", missing=True)
        return known
    if not 1 <= len(given) <= MAX_OPTIONS:
        problems.add("options", f"give 1 to {MAX_OPTIONS} options.")
        return known
    by_id = {one.id: one for one in known}
    active = [_option(problems, f"options.{at}", one, by_id, new_id) for at, one in enumerate(given)]
    _check_unique(problems, active)
    kept = {one.id for one in active}
    removed = [one.model_copy(update={"active": False}) for one in known if one.id in used and one.id not in kept]
    if len(active) + len(removed) > MAX_KEPT:
        problems.add("options", f"at most {MAX_KEPT} are kept, with removed ones that answers have; make a new field.")
    return (*active, *removed)


def _option(
    problems: Problems, path: str, given: OptionInput, known: dict[str, FieldOption], new_id: Callable[[], str]
) -> FieldOption:
    if given.id is not None and given.id not in known:
        problems.add(f"{path}.id", "this field has no such option; leave it out for a new one.")
    return option(problems, path, given, given.id or new_id())


def option(problems: Problems, path: str, given: OptionInput, id_: str) -> FieldOption:
    """Return an option with checked texts. Whether its teams exist is not checked."""
    value = texts.line(problems, f"{path}.value", given.value, 1, MAX_OPTION)
    display = given.display_value
    return FieldOption(
        id=id_,
        value=value,
        display=value if display is None else texts.line(problems, f"{path}.displayValue", display, 1, MAX_OPTION),
        description=texts.optional_text(problems, f"{path}.description", given.description, MAX_DESCRIPTION),
        team_ids=tuple(dict.fromkeys(given.team_ids or ())),
    )


def _check_unique(problems: Problems, active: Sequence[FieldOption]) -> None:
    ids, values = set[str](), set[str]()
    for at, one in enumerate(active):
        if one.id in ids:
            problems.add(f"options.{at}.id", "this option is in the list already.")
        if one.value in values:
            problems.add(f"options.{at}.value", "another option has this value.")
        ids.add(one.id)
        values.add(one.value)


def with_option(
    problems: Problems, path: str, field: FieldDefinition, new: FieldOption, at: int | None
) -> FieldDefinition:
    """Return a field with one option more, at an index of the active ones; None for the end."""
    active = [one for one in field.options if one.active]
    removed = [one for one in field.options if not one.active]
    if any(one.value == new.value for one in active):
        problems.add(f"{path}.value", "this field has an option with this value already.")
    if len(active) >= MAX_OPTIONS or len(field.options) >= MAX_KEPT:
        problems.add(path, f"a field has at most {MAX_OPTIONS} options.")
    active.insert(len(active) if at is None else max(0, at), new)
    return field.model_copy(update={"options": (*active, *removed)})


def registered(register: FieldRegister, field: FieldDefinition) -> FieldRegister:
    """Return the register of a company with the current state of a field.

    Raises Conflict if another active field has its label, and Unprocessable if there are too many.
    """
    others = [one for one in register.fields if one.id != field.id]
    if not field.active:
        return register.model_copy(update={"fields": tuple(others)})
    if any(one.label.casefold() == field.label.casefold() for one in others):
        raise Conflict("Another active custom field of this company has this label. Choose another one.")
    if len(others) >= MAX_FIELDS:
        raise Unprocessable(f"A company can have {MAX_FIELDS} active custom fields at most. Archive one first.")
    entry = ActiveField(id=field.id, label=field.label, required=field.required, team_id=field.team_id)
    places = {one.id: at for at, one in enumerate(register.fields)}
    at = places.get(field.id, len(others))
    return register.model_copy(update={"fields": (*others[:at], entry, *others[at:])})
