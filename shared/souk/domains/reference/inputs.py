"""The inputs of the ontology's queries, as GraphQL brings them."""

from typing import Annotated

from pydantic import Field, field_validator

from souk.domains.reference.model import (
    EntityFilter,
    EntityStatus,
    EntityType,
    ResultOrder,
    TaxonomyLevel,
)
from souk.storage import Model

Label = Annotated[str, Field(max_length=100)]
Limit = Annotated[int, Field(ge=1, le=100)]


class OntologyElementsSearchByPrefLabelFilter(Model):
    """Which elements to find by a part of their label (reference, OntologyElementsSearchByPrefLabelFilter)."""

    preferred_label_any: Label = ""
    type: EntityType | None = None
    entity_status_eq: EntityStatus | None = None
    sort_order: ResultOrder | None = None
    limit: Limit | None = None
    include_attribute_groups: bool | None = None

    @field_validator("sort_order", mode="before")
    @classmethod
    def _as_written(cls, value: str | None) -> str | None:
        """Take the order as the contract writes it here, in lower case with a hyphen: `match-start`."""
        return value.upper().replace("-", "_") if value else None

    def wanted(self) -> EntityFilter:
        """Return what the rules look for."""
        return EntityFilter(
            text=self.preferred_label_any,
            type=self.type,
            status=self.entity_status_eq or EntityStatus.ACTIVE,
            include_groups=bool(self.include_attribute_groups),
            order=self.sort_order or ResultOrder.MATCH_START,
        )


class OntologyEntityFilter(Model):
    """Which entities to find by label and level (reference, OntologyEntityFilter)."""

    preferred_label_any: Label = ""
    type: EntityType | None = None
    taxonomy_level: TaxonomyLevel | None = None
    entity_status_eq: EntityStatus | None = None
    sort_order: ResultOrder | None = None
    limit: Limit | None = None

    def wanted(self) -> EntityFilter:
        """Return what the rules look for."""
        return EntityFilter(
            text=self.preferred_label_any,
            type=self.type,
            level=self.taxonomy_level,
            status=self.entity_status_eq or EntityStatus.ACTIVE,
            order=self.sort_order or ResultOrder.MATCH_START,
        )


class OntologyEntitySearchFilter(Model):
    """Which entities to find by their names (reference, OntologyEntitySearchFilter)."""

    ontology_ids_any: tuple[str, ...]
