"""Inputs of the requests about saved searches."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ModelWrapValidatorHandler, PrivateAttr, model_validator

from souk.domains.jobs.inputs import JobFilter
from souk.storage import Input


class SavedFilter(JobFilter):
    """The contract's MarketplaceJobPostingsSearchFilter, which also knows how it was given."""

    _given: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """The filter as it was given, with the contract's names."""
        return self._given

    @model_validator(mode="wrap")
    @classmethod
    def _keep_given(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        read = handler(value)
        if isinstance(value, Mapping):  # a filter that was read before knows it already
            read._given = dict(value)  # noqa: SLF001 - of this class
        return read


class NewSavedSearch(Input):
    """The contract's SavedJobSearchInput."""

    name: str
    filter: SavedFilter
    active: bool | None = True
    idempotency_key: str | None = None


class SavedSearchChange(Input):
    """The contract's UpdateSavedJobSearchInput. None leaves a value as it is."""

    name: str | None = None
    filter: SavedFilter | None = None
    active: bool | None = None
