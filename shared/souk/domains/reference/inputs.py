"""Inputs of the ontology queries."""

from typing import Annotated

from pydantic import Field, field_validator

from souk.domains.reference.model import (
    EntityFilter,
    EntityStatus,
    EntityType,
    ResultOrder,
    TaxonomyLevel,
)
from souk.storage import Input

Label = Annotated[str, Field(max_length=100)]
Limit = Annotated[int, Field(ge=1, le=100)]


class OntologyElementsSearchByPrefLabelFilter(Input):
    """A search by a part of the label (reference, OntologyElementsSearchByPrefLabelFilter)."""

    preferred_label_any: Label = ""
    type: EntityType | None = None
    entity_status_eq: EntityStatus | None = None
    sort_order: ResultOrder | None = None
    limit: Limit | None = None
    include_attribute_groups: bool | None = None

    @field_validator("sort_order", mode="before")
    @classmethod
    def _normalize(cls, value: str | None) -> str | None:
        """Accept the contract's spelling of the order, in lower case with a hyphen: `match-start`."""
        return value.upper().replace("-", "_") if value else None

    def to_filter(self) -> EntityFilter:
        """Return the filter for `rules.find_entities`."""
        return EntityFilter(
            text=self.preferred_label_any,
            type=self.type,
            status=self.entity_status_eq or EntityStatus.ACTIVE,
            include_groups=bool(self.include_attribute_groups),
            order=self.sort_order or ResultOrder.MATCH_START,
        )


class OntologyEntityFilter(Input):
    """A search by label and level (reference, OntologyEntityFilter)."""

    preferred_label_any: Label = ""
    type: EntityType | None = None
    taxonomy_level: TaxonomyLevel | None = None
    entity_status_eq: EntityStatus | None = None
    sort_order: ResultOrder | None = None
    limit: Limit | None = None

    def to_filter(self) -> EntityFilter:
        """Return the filter for `rules.find_entities`."""
        return EntityFilter(
            text=self.preferred_label_any,
            type=self.type,
            level=self.taxonomy_level,
            status=self.entity_status_eq or EntityStatus.ACTIVE,
            order=self.sort_order or ResultOrder.MATCH_START,
        )


class OntologyEntitySearchFilter(Input):
    """A lookup by ontology ids (reference, OntologyEntitySearchFilter)."""

    ontology_ids_any: tuple[str, ...]
