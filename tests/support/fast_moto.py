"""Makes moto fast, because unit tests spend most of their time in it.

- Answers of DynamoDB do not go through HTTP. More than half of the time of a call is finding endpoints, signing,
  matching addresses, and turning items into text and text into items. Here moto's own code for an operation gets the
  parameters as soon as the client library has checked them, and its result is the answer.
- Before a transaction, moto makes a backup of the table with `deepcopy`, once for each operation. Here the backup
  shares partitions and items with the table, and a write copies what it changes.
- A query sorts the whole table by keys that moto converts for each comparison. Here it gets the items of its partition.
- A projection converts the whole item, once for each of its attributes.
- An item measures itself anew for each attribute that it gets.
- The text of each condition and update is parsed anew, for a write in a transaction three times. An update goes through
  ten passes over its syntax tree, twice if it makes the item. Here one that only adds and sets is done in one.
- Each client of another service reads the service's description from files, which takes longer than most tests.
- For each test, moto replaces more than a thousand addresses in the library `requests`, which nothing here uses.
- A user pool of Cognito reads its key, which is always the same, from a file.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest
from botocore import session, xform_name
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.loaders import create_loader
from botocore.validate import ParamValidator
from joserfc.jwk import RSAKey
from moto.cognitoidp import models as cognito
from moto.core import models as mock
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb import responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ConditionalCheckFailed, ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined] # it has no types
from moto.utilities.utils import load_resource
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from botocore.model import MapShape, Shape
    from botocore.validate import ValidationErrors
    from mypy_boto3_dynamodb import DynamoDBClient

_OPERATIONS: Final = (
    "BatchGetItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactWriteItems",
    "UpdateItem",
)
_CONTAINERS: Final = {"L", "M", "SS", "NS", "BS"}
"""Types that updates change in place. Values of other types are replaced."""
_TEXTS: Final = {"S", "N"}
"""Types whose values are texts in requests, in moto and in answers. Most values are of these types."""
_MAX_ITEM: Final = 405_000  # bytes, as in moto
_MAX_PARSED: Final = 4_096
_CHANGE: Final = re.compile(r"([a-z]\w*) (= )?(:\w+)")
"""The addition of a value to an attribute, or its assignment. Keys and index keys are in capitals."""
_PLAIN_UPDATE: Final = re.compile(
    r"(ADD [a-z]\w* :\w+(, [a-z]\w* :\w+)*)?(^| |$)(SET [a-z]\w* = :\w+(, [a-z]\w* = :\w+)*)?"
)
VALID_UPDATES: Final[dict[str, list[tuple[str, bool, str]]]] = {}
"""Updates that moto has accepted and that only add to attributes and set them.

For each change: the attribute, whether it is set, and the name of the value.
"""
_call: Any = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001
_project_nested = Item.project
_put, _delete = Table.put_item, Table.delete_item
_query: Any = Table.query
_update: Any = DynamoDBBackend.update_item
_parse_condition, _parse_update = ConditionExpressionParser.parse, UpdateExpressionParser.make
_hash, _equals = DynamoType.__hash__, DynamoType.__eq__
_cast_value: Any = DynamoType.__dict__["cast_value"].fget
_direct: Final[set[int]] = set()
"""The clients that moto answers without HTTP, by their identity. They live as long as the process."""


def make_moto_fast(patch: pytest.MonkeyPatch) -> None:
    """Replace the slow parts of moto's DynamoDB and Cognito."""
    patch.setattr(BaseClient, "_make_api_call", _make_api_call)
    patch.setattr(responses, "dynamo_to_dict", _plain)
    patch.setattr(Table, "__deepcopy__", _backup, raising=False)
    patch.setattr(Table, "put_item", _put_item)
    patch.setattr(Table, "delete_item", _delete_item)
    patch.setattr(DynamoDBBackend, "update_item", _update_item)
    patch.setattr(Table, "all_items", _all_items)
    patch.setattr(Table, "query", _query_partition)
    patch.setattr(ConditionExpressionParser, "parse", _parse)
    patch.setattr(UpdateExpressionParser, "make", staticmethod(lru_cache(_MAX_PARSED)(_parse_update)))
    patch.setattr(Item, "__init__", _init_item)
    patch.setattr(Item, "__deepcopy__", _copy_item)
    patch.setattr(Item, "size", _size)
    patch.setattr(Item, "project", _project)
    patch.setattr(DynamoType, "__hash__", lambda value: hash(value.value) if value.type == "S" else _hash(value))
    patch.setattr(DynamoType, "__eq__", _is_equal)
    patch.setattr(DynamoType, "cast_value", property(_cast))
    patch.setattr(session, "create_loader", cache(create_loader))
    patch.setattr(mock, "RESPONSES_METHODS", [])
    patch.setattr(cognito, "jwk", SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: _pool_key())))


def answer_directly(client: "DynamoDBClient") -> None:
    """Have moto answer this client's operations on tables and items without HTTP."""
    _direct.add(id(client))


def _make_api_call(client: BaseClient, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer an operation. Only requests of other clients, with binary values, or that moto refuses are sent.

    Moto then makes the error: a refusal changes nothing, so it can be asked for twice.
    """
    answer = _answer(client, operation, params) if id(client) in _direct and operation in _OPERATIONS else None
    return _call(client, operation, params) if answer is None else answer


def _answer(client: BaseClient, operation: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    shape = client.meta.service_model.operation_model(operation).input_shape
    assert shape is not None
    errors = _Validator().validate(params, shape)
    if errors.has_errors():
        raise ParamValidationError(report=errors.generate_report())
    handler = responses.DynamoHandler()
    try:
        handler.body = handler.params = orjson.loads(orjson.dumps(params))
    except TypeError:  # bytes
        return None
    handler.region = client.meta.region_name
    handler.current_account = DEFAULT_ACCOUNT_ID
    handler.uri_match = {}
    try:
        outcome = getattr(handler, xform_name(operation))()
    except (ServiceException, HTTPException):  # moto's errors, new and old
        return None
    assert isinstance(outcome, ActionResult)
    assert isinstance(outcome.result, dict)
    answer = {name: value for name, value in outcome.result.items() if value is not None}
    return answer | {"ResponseMetadata": {"HTTPStatusCode": 200}}


class _Validator(ParamValidator):
    """The client library's check of parameters. It looks once at an item or a key whose values are all texts."""

    def _validate(self, params: Any, shape: "Shape", errors: "ValidationErrors", name: str) -> None:
        getattr(self, f"_validate_{shape.type_name}")(params, shape, errors, name)  # DynamoDB has no special cases

    def _validate_map(self, param: Any, shape: "MapShape", errors: "ValidationErrors", name: str) -> None:
        if shape.value.name != "AttributeValue" or not _has_texts(param):
            super()._validate_map(param, shape, errors, name)  # type: ignore[misc] # its types leave this out


def _has_texts(item: Any) -> bool:
    """Return whether something is an item whose values are texts and numbers."""
    return isinstance(item, dict) and all(
        isinstance(name, str) and isinstance(value, dict) and len(value) == 1 and _has_text(*value.items())
        for name, value in item.items()
    )


def _has_text(value: tuple[Any, Any]) -> bool:
    return value[0] in _TEXTS and isinstance(value[1], str)


def _plain(value: Any) -> Any:
    """Return an answer without moto's types. Moto's own way is slow for items with texts and numbers."""
    if type(value) is DynamoType and value.type in _TEXTS:
        return {value.type: value.value}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if type(value) is list:
        return [_plain(part) for part in value]
    return dynamo_to_dict(value)


@lru_cache(_MAX_PARSED)
def _parsed(expression: str, names: bytes, values: bytes) -> tuple[Any, list[str], list[str]]:
    parser = ConditionExpressionParser(expression, orjson.loads(names), orjson.loads(values))
    condition = _parse_condition(parser)
    return condition, parser.expr_attr_names_found, parser.expr_attr_values_found


def _parse(parser: ConditionExpressionParser) -> Any:
    """Return a condition, with the names and values that it uses."""
    if not parser.condition_expression:
        return _parse_condition(parser)
    given = (orjson.dumps(parser.expression_attribute_names), orjson.dumps(parser.expression_attribute_values))
    condition, names, values = _parsed(parser.condition_expression, *given)
    parser.expr_attr_names_found += names
    parser.expr_attr_values_found += values
    return condition


def _is_equal(value: DynamoType, other: DynamoType) -> bool:
    return value.value == other.value if value.type == other.type == "S" else _equals(value, other)


def _cast(value: DynamoType) -> Any:
    return value.value if value.type == "S" else _cast_value(value)


@cache
def _pool_key() -> RSAKey:
    return RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))


def _backup(table: Table, _: Any = None) -> Table:
    assert table.stream_shard is None, "the records of a stream are not copied"
    return _twin(table, items=table.items.copy())


def _twin(table: Table, **changes: Any) -> Table:
    """Return a copy of a table. `copy` lets moto keep it for its dashboard, with all that it shares."""
    twin: Table = object.__new__(type(table))
    twin.__dict__ = table.__dict__ | changes
    return twin


def _put_item(table: Table, item_attrs: dict[str, Any], *arguments: Any, **options: Any) -> Item:
    _own_partition(table, DynamoType(item_attrs[table.hash_key_attr]))
    return _put(table, item_attrs, *arguments, **options)


def _delete_item(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    _own_partition(table, hash_key)
    return _delete(table, hash_key, range_key)


def _update_item(
    backend: DynamoDBBackend,
    table_name: str,
    key: dict[str, Any],
    *,
    update_expression: str,
    expression_attribute_names: dict[str, Any] | None = None,
    expression_attribute_values: dict[str, Any] | None = None,
    condition_expression: str | None = None,
    **options: Any,
) -> Item:
    table = backend.get_table(table_name)
    hash_key, range_key = backend.get_keys_value(table, key)
    _own_partition(table, hash_key)
    item = table.get_item(hash_key, range_key)
    if item:
        item = _copy_item(item)
        if range_key:
            table.items[hash_key][range_key] = item
        else:
            table.items[hash_key] = item  # type: ignore[assignment] # moto types one of its two forms
    if update_expression in VALID_UPDATES and not options and table.stream_shard is None:
        values = expression_attribute_values or {}
        if not ConditionExpressionParser(condition_expression, None, values).parse().expr(item):
            raise ConditionalCheckFailed
        return _change(item or table.put_item(key), update_expression, values)
    updated: Item = _update(
        backend,
        table_name,
        key,
        update_expression=update_expression,
        expression_attribute_names=expression_attribute_names,
        expression_attribute_values=expression_attribute_values,
        condition_expression=condition_expression,
        **options,
    )
    if _PLAIN_UPDATE.fullmatch(update_expression) and not expression_attribute_names:
        changes = _CHANGE.findall(update_expression)
        VALID_UPDATES[update_expression] = [(name, bool(assigned), value) for name, assigned, value in changes]
    return updated


def _change(item: Item, update: str, values: dict[str, Any]) -> Item:
    """Add to the item's numbers and sets, and set its attributes."""
    for name, is_set, value in VALID_UPDATES[update]:
        given = DynamoType(values[value])
        is_new = is_set or name not in item.attrs
        dict.__setitem__(item.attrs, name, given if is_new else _sum(item.attrs[name], given))
    return item


def _sum(value: DynamoType, added: DynamoType) -> DynamoType:
    if added.type == DDBType.NUMBER:
        return value + added
    return DynamoType({added.type: [*value.value, *(one for one in added.value if one not in value.value)]})


def _own_partition(table: Table, hash_key: DynamoType) -> None:
    """Give the table a copy of a partition that a backup may share."""
    if table.range_key_attr and hash_key in table.items:
        table.items[hash_key] = table.items[hash_key].copy()


def _copy_item(item: Item, _: Any = None) -> Item:
    return _with_attributes(
        item,
        {name: deepcopy(value) if value.type in _CONTAINERS else value for name, value in item.attrs.items()},
    )


def _with_attributes(item: Item, attributes: Mapping[str, Any]) -> Item:
    twin: Item = object.__new__(Item)  # moto's keeps every instance for its dashboard
    twin.hash_key, twin.range_key, twin.attrs = item.hash_key, item.range_key, _attributes(attributes)
    return twin


def _init_item(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: Mapping[str, Any]) -> None:
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = _attributes({name: DynamoType(value) for name, value in attrs.items()})
    if item.size() > _MAX_ITEM:
        raise ItemSizeTooLarge


def _size(item: Item) -> int:
    """Return the bytes of an item."""
    return sum(
        len(name.encode()) + (len(one.value.encode()) if one.type in _TEXTS else one.size())
        for name, one in item.attrs.items()
    )


def _attributes(attributes: Mapping[str, Any]) -> LimitedSizeDict:
    filled = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(filled, attributes)  # its __setitem__ measures the whole item each time
    return filled


def _query_partition(
    table: Table,
    *arguments: Any,
    hash_key_conditions: list[tuple[str, DynamoType]] | None = None,
    **options: Any,
) -> tuple[list[Item], int, dict[str, Any] | None]:
    """Query a twin of the table that has only the items of the partition."""
    narrowed: Any = table
    if hash_key_conditions and table.range_key_attr:
        [(name, key), *_] = hash_key_conditions
        if name == table.hash_key_attr:
            found = list(table.items[key].values()) if key in table.items else []
        else:
            found = [item for item in _unsorted(table) if name in item.attrs and item.attrs[name] == key]
        narrowed = _twin(table, all_items=lambda: _sorted(found))
    result: tuple[list[Item], int, dict[str, Any] | None]
    result = _query(narrowed, *arguments, hash_key_conditions=hash_key_conditions, **options)
    return result


def _all_items(table: Table) -> list[Item]:
    if not table.range_key_attr:
        return sorted(table.items.values(), key=lambda item: item.hash_key.value)  # type: ignore[arg-type]
    return _sorted(_unsorted(table))


def _unsorted(table: Table) -> Iterable[Item]:
    return (item for partition in list(table.items.values()) for item in list(partition.values()))


def _sorted(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))  # type: ignore[union-attr]


def _project(item: Item, paths: list[list[str]]) -> Item:
    """Return the item with only the attributes of a projection."""
    if any(len(path) > 1 or "[" in path[0] for path in paths):
        return _project_nested(item, paths)
    return _copy_item(_with_attributes(item, {name: item.attrs[name] for [name] in paths if name in item.attrs}))
