"""The table: one DynamoDB table that holds every entity, and the only way to write to it.

An item is its keys and indexed attributes at the top level and the rest as one JSON attribute, `doc`: reading a page
of items this way costs a sixth of what DynamoDB's typed attributes cost to decode. This package knows no domain.
"""

from souk.storage.collection import Collection, Tally
from souk.storage.ids import first_id, random_id
from souk.storage.model import Entity, Key, Model
from souk.storage.table import Page, Table
from souk.storage.transaction import Event, Transaction, counter_value

__all__ = [
    "Collection",
    "Entity",
    "Event",
    "Key",
    "Model",
    "Page",
    "Table",
    "Tally",
    "Transaction",
    "counter_value",
    "first_id",
    "random_id",
]
