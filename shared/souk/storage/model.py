"""What is stored: pydantic models with the contract's names in JSON and Python's in code."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from souk.values.naming import to_contract

_MAX_PK, _MAX_SK = 2_048, 1_024


class Key(NamedTuple):
    """The primary key of an item, or its key in one of the indexes."""

    pk: str
    sk: str

    @property
    def possible(self) -> bool:
        """Whether an item can have it: DynamoDB takes 1 to 2048 bytes of UTF-8 as PK and 1 to 1024 as SK."""
        return 0 < len(self.pk.encode()) <= _MAX_PK and 0 < len(self.sk.encode()) <= _MAX_SK


class Model(BaseModel):
    """A part of an entity, or an input. Immutable: a change is a copy, `model_copy(update=...)`."""

    model_config = ConfigDict(
        alias_generator=to_contract,
        populate_by_name=True,
        frozen=True,
        extra="ignore",
        defer_build=True,  # a cold start makes the validators of what its first request reads, and no others
        hide_input_in_errors=True,  # what a person wrote is not to be read in the log
    )


class Entity(Model):
    """What is stored as one item.

    `version` is 0 until it is stored, then 1, and rises by one on every write.
    """

    version: int = 0
