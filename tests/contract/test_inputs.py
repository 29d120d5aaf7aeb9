"""Every input of a built field is read by a model with exactly its fields, so no key can disappear."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, get_type_hints

import pytest
from graphql import GraphQLInputObjectType, get_named_type
from pydantic import BaseModel, ValidationError

from souk import app
from souk.domains.agreements.model import Side
from souk.domains.identity.inputs import EmailParams
from souk.graph.binder import input_model
from souk.storage import Input, Model

ONLY_IN_THE_MODEL: Final = {
    ("CustomFieldsResponse", "created"): "set when a posting is saved",
    ("JobPostingLocationRequest", "id"): "looked up in the gazetteer when a posting is saved",
    ("OrgUserPermissionFilterV2", "returnFirstGrantedResult_eq"): "one model reads the filters of both types",
    ("UserPermissionFilterV2", "userId"): "one model reads the filters of both types",
    ("MarketplaceJobFilter", "hourlyRate_eq"): "one model has the fields of both job filters",
    **{
        ("MarketplaceJobPostingsSearchFilter", name): "one model has the fields of both job filters"
        for name in (
            "areaId_any",
            "cityId_any",
            "clientFeedBackRange_eq",
            "daysPosted_eq",
            "duration_any",
            "jobPostingAccess",
            "maxId_eq",
            "radius_eq",
            "sinceId_eq",
            "usState_eq",
            "zipCodeId_any",
        )
    },
}
"""Fields of a model that its input does not have, with the reason. GraphQL refuses them before the model sees them."""


class Reading(NamedTuple):
    """An input type and a model that reads it."""

    type_: GraphQLInputObjectType
    model: type[BaseModel] | None
    where: str


def readings() -> Iterator[Reading]:
    """Yield each input type with its model, from the arguments of built fields down."""
    graph = app.graph()
    seen: set[tuple[str, object]] = set()
    resolvers: dict[str, Callable[..., Any]] = {at: one.resolve for at, one in graph.roots.items()}
    resolvers |= {at: one.resolve for at, one in graph.computed.items()}
    for coordinate, resolve in resolvers.items():
        type_name, _, name = coordinate.partition(".")
        hints = get_type_hints(resolve)
        for argument in graph.object_type(type_name).fields[name].args.values():
            named = get_named_type(argument.type)
            if isinstance(named, GraphQLInputObjectType):
                yield from _below(named, hints.get(argument.out_name or ""), coordinate, seen)


def _below(type_: GraphQLInputObjectType, hint: Any, where: str, seen: set[tuple[str, object]]) -> Iterator[Reading]:
    model = input_model(hint)
    if (type_.name, model) in seen:
        return
    seen.add((type_.name, model))
    yield Reading(type_, model, where)
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if model is not None and isinstance(named, GraphQLInputObjectType):
            hints = {one.alias or key: one.annotation for key, one in model.model_fields.items()}
            yield from _below(named, hints.get(name), f"{where}.{name}", seen)


READINGS: Final = list(readings())


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: f"{one.type_.name}-{one.model and one.model.__name__}")
def test_model_has_exactly_the_fields_of_its_input(reading: Reading) -> None:
    type_, model, where = reading
    assert model is not None, f"{where}: annotate the argument with a model, so that {type_.name} is validated"
    names = {field.alias or name for name, field in model.model_fields.items()}
    only_here = {name for name in names - set(type_.fields) if (type_.name, name) not in ONLY_IN_THE_MODEL}
    assert set(type_.fields) - names == set(), f"{model.__name__} ignores these fields of {type_.name}"
    assert only_here == set(), f"{type_.name} has no such fields"


def test_arguments_are_read_by_inputs() -> None:
    nested = {reading.model for reading in READINGS if "." in reading.where.partition(".")[2]}
    others = {reading.model for reading in READINGS if reading.model and not issubclass(reading.model, Input)}
    assert others <= nested, "only parts that are stored unchanged are no Input"


def test_exceptions_are_still_needed() -> None:
    extra = {
        (type_.name, field.alias or name)
        for type_, model, _ in READINGS
        if model
        for name, field in model.model_fields.items()
        if (field.alias or name) not in type_.fields
    }
    assert set(ONLY_IN_THE_MODEL) == extra


def test_input_refuses_unknown_key() -> None:
    with pytest.raises(ValidationError, match="extra"):
        EmailParams.model_validate({"message": "Hello", "mesage": "Hello"})


def test_stored_part_ignores_unknown_key() -> None:
    class Part(Model):
        side: Side

    assert Part.model_validate({"side": Side.CLIENT, "addedByTheNextRelease": 1}) == Part(side=Side.CLIENT)


@pytest.mark.parametrize("hint", [EmailParams, EmailParams | None, list[EmailParams], list[EmailParams | None] | None])
def test_model_of_an_annotation(hint: Any) -> None:
    assert input_model(hint) is EmailParams
