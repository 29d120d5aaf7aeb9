"""The single DynamoDB table that holds every entity. All writes go through this package.

An item has its keys and indexed attributes at the top level, and everything else in one JSON attribute, `doc`. Decoding
it takes a sixth of the time that DynamoDB's typed attributes take. This package imports no domain.
"""

from souk.storage.collection import Collection, Tally
from souk.storage.days import DayCounter
from souk.storage.ids import first_id, id_at, random_id
from souk.storage.lists import OwnedList, StoredList, View, among
from souk.storage.model import Entity, Input, Key, Model
from souk.storage.series import Reading, Series
from souk.storage.table import Page, Table
from souk.storage.transaction import Event, Transaction, counter_value

__all__ = [
    "Collection",
    "DayCounter",
    "Entity",
    "Event",
    "Input",
    "Key",
    "Model",
    "OwnedList",
    "Page",
    "Reading",
    "Series",
    "StoredList",
    "Table",
    "Tally",
    "Transaction",
    "View",
    "among",
    "counter_value",
    "first_id",
    "id_at",
    "random_id",
]
