"""Makes moto fast, because unit tests spend most of their time in it.

- Answers of DynamoDB do not go through HTTP. Half of the time of a call is signing, matching addresses, and turning
  items into text and text into items. Here moto's own code for an operation gets the request as soon as the client
  library has checked it, and its result is the answer.
- Before a transaction, moto makes a backup of the table with `deepcopy`, once for each operation. Here the backup
  shares partitions and items with the table, and a write copies what it changes.
- A query of an index sorts the table by keys that moto converts for each comparison.
- A projection converts the whole item, once for each of its attributes.
- For each test, moto replaces more than a thousand addresses in the library `requests`, which nothing here uses.
- A user pool of Cognito reads its key, which is always the same, from a file.
"""

from collections.abc import Mapping
from copy import copy, deepcopy
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from joserfc.jwk import RSAKey
from moto.cognitoidp import models as cognito
from moto.core import models as mock
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.utilities.utils import load_resource
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from botocore.model import OperationModel
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
_BINARY: Final = b'"B":'  # base64 in a request, bytes in moto
_CONTAINERS: Final = {"L", "M", "SS", "NS", "BS"}
"""Types that updates change in place. Values of other types are replaced."""
_project_nested = Item.project
_put, _delete, _update = Table.put_item, Table.delete_item, DynamoDBBackend.update_item


def make_moto_fast(patch: pytest.MonkeyPatch) -> None:
    """Replace the slow parts of moto's DynamoDB and Cognito."""
    patch.setattr(Table, "__deepcopy__", _backup, raising=False)
    patch.setattr(Table, "put_item", _put_item)
    patch.setattr(Table, "delete_item", _delete_item)
    patch.setattr(DynamoDBBackend, "update_item", _update_item)
    patch.setattr(Table, "all_items", _all_items)
    patch.setattr(Item, "project", _project)
    patch.setattr(mock, "RESPONSES_METHODS", [])
    patch.setattr(cognito, "jwk", SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: _pool_key())))


def answer_directly(client: "DynamoDBClient") -> None:
    """Have moto answer this client's operations on tables and items without HTTP."""
    for operation in _OPERATIONS:
        client.meta.events.register(f"before-call.dynamodb.{operation}", _answer)  # type: ignore[arg-type] # or an answer


def _answer(
    model: "OperationModel", params: Mapping[str, Any], context: Mapping[str, Any], **_: Any
) -> tuple[AWSResponse, dict[str, Any]] | None:
    """Return the HTTP response and the answer, as botocore wants them from such a handler; None sends the request.

    A refused request is sent, and moto makes the error: a refusal changes nothing, so it can be asked for twice.
    """
    if _BINARY in params["body"]:
        return None
    handler = DynamoHandler()
    handler.region = context["client_region"]
    handler.current_account = DEFAULT_ACCOUNT_ID
    handler.body = handler.params = orjson.loads(params["body"])
    handler.uri_match = {}
    try:
        outcome = getattr(handler, xform_name(model.name))()
    except (ServiceException, HTTPException):  # moto's errors, new and old
        return None
    assert isinstance(outcome, ActionResult)
    assert isinstance(outcome.result, dict)
    answer = {name: value for name, value in outcome.result.items() if value is not None}
    return AWSResponse(params["url"], 200, HTTPHeaders(), None), answer | {"ResponseMetadata": {"HTTPStatusCode": 200}}


@cache
def _pool_key() -> RSAKey:
    return RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))


def _backup(table: Table, _: Any = None) -> Table:
    assert table.stream_shard is None, "the records of a stream are not copied"
    twin: Table = copy(table)
    twin.items = table.items.copy()
    return twin


def _put_item(table: Table, item_attrs: dict[str, Any], *arguments: Any, **options: Any) -> Item:
    _own_partition(table, DynamoType(item_attrs[table.hash_key_attr]))
    return _put(table, item_attrs, *arguments, **options)


def _delete_item(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    _own_partition(table, hash_key)
    return _delete(table, hash_key, range_key)


def _update_item(
    backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *arguments: Any, **options: Any
) -> Item:
    table = backend.get_table(table_name)
    hash_key, range_key = backend.get_keys_value(table, key)
    _own_partition(table, hash_key)
    if item := table.get_item(hash_key, range_key):
        if range_key:
            table.items[hash_key][range_key] = _copy_item(item)
        else:
            table.items[hash_key] = _copy_item(item)  # type: ignore[assignment] # moto types one of its two forms
    return _update(backend, table_name, key, *arguments, **options)


def _own_partition(table: Table, hash_key: DynamoType) -> None:
    """Give the table a copy of a partition that a backup may share."""
    if table.range_key_attr and hash_key in table.items:
        table.items[hash_key] = table.items[hash_key].copy()


def _copy_item(item: Item) -> Item:
    return _with_attributes(
        item,
        {name: deepcopy(value) if value.type in _CONTAINERS else value for name, value in item.attrs.items()},
    )


def _with_attributes(item: Item, attributes: Mapping[str, Any]) -> Item:
    twin: Item = copy(item)
    twin.attrs = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(twin.attrs, attributes)  # its __setitem__ measures the whole item each time
    return twin


def _all_items(table: Table) -> list[Item]:
    partitions = table.items.values()
    if not table.range_key_attr:
        return sorted(partitions, key=lambda item: item.hash_key.value)  # type: ignore[arg-type]
    items = [item for partition in partitions for item in partition.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _project(item: Item, paths: list[list[str]]) -> Item:
    """Return the item with only the attributes of a projection."""
    if any(len(path) > 1 or "[" in path[0] for path in paths):
        return _project_nested(item, paths)
    return _with_attributes(_copy_item(item), {name: item.attrs[name] for [name] in paths if name in item.attrs})
