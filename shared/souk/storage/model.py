"""The base models of stored entities and of inputs: the contract's camelCase names in JSON, snake_case in code."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from souk.values.naming import to_contract

_MAX_PK, _MAX_SK = 2_048, 1_024


class Key(NamedTuple):
    """The key of an item in the table or in an index."""

    pk: str
    sk: str

    @property
    def possible(self) -> bool:
        """Whether DynamoDB accepts the key: 1 to 2048 bytes of UTF-8 in PK and 1 to 1024 in SK."""
        return 0 < len(self.pk.encode()) <= _MAX_PK and 0 < len(self.sk.encode()) <= _MAX_SK


class Model(BaseModel):  # noqa: PLW1641 - pydantic hashes frozen models
    """A part of an entity. It is immutable: change a copy, `model_copy(update=...)`.

    Unknown keys are ignored, so that a release can read what the next one has written. A copy of what a collection has
    read keeps them, so that a release does not lose what the next one has written (`souk.storage.unknown`). Two parts
    are equal if what is known of them is.
    """

    model_config = ConfigDict(
        alias_generator=to_contract,
        populate_by_name=True,
        frozen=True,
        extra="ignore",
        defer_build=True,  # a cold start builds only the validators that its first request needs
        hide_input_in_errors=True,  # keeps people's data out of the log
    )

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)


class Input(Model):
    """An input of the API. An unknown key is an error, because an ignored one would look accepted."""

    model_config = ConfigDict(extra="forbid")


class Entity(Model):
    """A model that is stored as one item.

    `version` is 0 before it is stored, then 1, and increases by one with every write.
    """

    version: int = 0
