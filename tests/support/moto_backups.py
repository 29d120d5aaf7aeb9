"""Makes transactions on moto fast.

Before a transaction, moto makes a backup of the table with `deepcopy`, once for each operation. A large table takes
seconds to copy. The copy made here shares the values that nothing changes in place.
"""

from collections import defaultdict
from copy import copy, deepcopy
from typing import Any, Final

import pytest
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

_CONTAINERS: Final = {"L", "M", "SS", "NS", "BS"}
"""Types that updates change in place. Values of other types are replaced."""


def use_fast_backups(patch: pytest.MonkeyPatch) -> None:
    """Have moto back up tables with `_copy_table`."""
    patch.setattr(Table, "__deepcopy__", _copy_table, raising=False)


def _copy_table(table: Table, _: Any = None) -> Table:
    assert table.stream_shard is None, "the records of a stream are not copied"
    twin: Table = copy(table)
    twin.items = defaultdict(dict)
    for hash_key, partition in table.items.items():
        if isinstance(partition, Item):  # the table has no sort key
            twin.items[hash_key] = _copy_item(partition)  # type: ignore[assignment] # moto types one of its two forms
        else:
            twin.items[hash_key] = {range_key: _copy_item(item) for range_key, item in partition.items()}
    return twin


def _copy_item(item: Item) -> Item:
    twin: Item = copy(item)
    twin.attrs = LimitedSizeDict.__new__(LimitedSizeDict)  # its __setitem__ measures the whole item each time
    for name, value in item.attrs.items():
        dict.__setitem__(twin.attrs, name, deepcopy(value) if value.type in _CONTAINERS else value)
    return twin
