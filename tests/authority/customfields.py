"""Acme's custom fields, and answers of its open posting: a field of the company, and one of Acme Design."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.customfields.model import (
    ActiveField,
    Answer,
    AnswerSheet,
    FieldDefinition,
    FieldOption,
    FieldRegister,
    FieldType,
    Owner,
)
from souk.domains.customfields.store import FIELDS, REGISTERS, SHEETS
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-06T08:00:00.000Z"
SHARED, OWN = "8300000000000000001", "8300000000000000002"


@dataclass(frozen=True)
class CustomFieldRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    company_id: str
    team_id: str
    owner_id: str
    posting_id: str

    def store(self, table: Table) -> None:
        """Store the records."""
        plant = self.secrets.plant
        shared = self._field(SHARED, plant(Audience.COMPANY, "label-of-shared-field"))
        option = FieldOption(
            id="8310000000000000001",
            value=plant(Audience.TEAM, "option-value"),
            display=plant(Audience.TEAM, "option-display"),
            description=plant(Audience.TEAM, "option-description"),
            team_ids=(self.team_id,),
        )
        own = self._field(
            OWN,
            plant(Audience.TEAM, "label-of-team-field"),
            type=FieldType.DROP_DOWN_LIST,
            options=(option,),
            team_id=self.team_id,
        )
        fields = (shared, own)
        register = FieldRegister(
            company_id=self.company_id,
            fields=tuple(ActiveField(id=one.id, label=one.label, team_id=one.team_id) for one in fields),
        )
        tx = table.transaction()
        for one in fields:
            tx.create(FIELDS, one)
        tx.create(REGISTERS, register)
        tx.create(SHEETS, self._sheet(fields))
        tx.commit()

    def _field(self, id_: str, label: str, **changes: Any) -> FieldDefinition:
        fields = {"id": id_, "company_id": self.company_id, "label": label, "type": FieldType.TEXT_FIELD}
        author = {"creator_id": self.owner_id, "created": SINCE, "modified": SINCE}
        return FieldDefinition.model_validate({**fields, **author, **changes})

    def _sheet(self, fields: tuple[FieldDefinition, ...]) -> AnswerSheet:
        """Return an answer to each field. Members of the company see those to its own fields."""
        audiences = {SHARED: Audience.COMPANY, OWN: Audience.TEAM}
        answers = (
            Answer(
                id=f"832000000000000000{at}",
                field_id=one.id,
                item_id=one.options[0].id if one.options else None,
                type=one.type,
                label=one.label,
                value=self.secrets.plant(audiences[one.id], f"answer-to-field-{at}"),
                acl=one.acl,
                creator_id=self.owner_id,
                created=SINCE,
            )
            for at, one in enumerate(fields)
        )
        return AnswerSheet(
            owner=Owner.POSTING,
            owner_id=self.posting_id,
            company_id=self.company_id,
            created=SINCE,
            answers=tuple(answers),
        )
