"""Applies rows to the ontology. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from souk.domains.dataimports.rules.cells import Cells, refusal
from souk.domains.reference.model import EntityStatus, Entry, EntryKind, Skill, TaxonomyLevel
from souk.domains.reference.ontology import Ontology
from souk.domains.reference.ontology.overlay import entry_of, put
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from souk.values.slugs import slug_of

MAX_ENTRIES: Final = 20_000
MAX_LABEL: Final = 100
MAX_DEFINITION: Final = 500
"""Characters."""
MAX_LISTED: Final = 50
"""Synonyms, or the occupations of a skill."""
_TEXTS: Final = {name: name for name in ("label", "definition", "synonyms")}
_ID: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_MAX_ID: Final = 2**63
_SHIPPED: Final = range(1861 * 10**15, 1862 * 10**15)
"""The ids that Souk gives."""
_ABOVE: Final = {
    EntryKind.SUBCATEGORY: (TaxonomyLevel.CATEGORY, "category"),
    EntryKind.OCCUPATION: (TaxonomyLevel.SUBCATEGORY, "subcategory"),
    EntryKind.SKILL: (TaxonomyLevel.SERVICE, "occupation"),
}
"""The level above each kind, and its name."""


class Draft:
    """An ontology, not settled, and a marketplace's own entries, which rows change."""

    def __init__(self, ontology: Ontology, entries: Sequence[Entry]) -> None:
        self._ontology = ontology
        self._entries = {one.id: one for one in entries}
        self._labels: dict[tuple[str, ...], str] = {}
        self.changed = False
        for one in ontology.entities:
            if one.entity_status is EntityStatus.ACTIVE:
                self._labels[_label_key(entry_of(one))] = one.id

    @property
    def entries(self) -> list[Entry]:
        """The marketplace's own entries, each after those above it."""
        return list(self._entries.values())

    def apply(self, cells: Cells, now: str) -> tuple[Entry, Entry | None]:
        """Add or change the entity of a row. Returns it, and how it was; the same if the row changes nothing.

        Raises RowRefused.
        """
        before = self._before(cells)
        wanted = self._wanted(cells, before, now)
        if before and replace(before, modified=now) == wanted:
            return before, before
        if not wanted.archived and self._labels.get(_label_key(wanted), wanted.id) != wanted.id:
            cells.refuse("label", f"{self._labels[_label_key(wanted)]} has it already.")
        if wanted.id not in self._entries and len(self._entries) >= MAX_ENTRIES:
            cells.refuse(None, f"a marketplace has at most {MAX_ENTRIES} entries of its own.")
        if before and self._labels.get(_label_key(before)) == before.id:
            del self._labels[_label_key(before)]
        if not wanted.archived:
            self._labels[_label_key(wanted)] = wanted.id
        put(self._ontology, wanted)
        self._entries[wanted.id] = wanted
        self.changed = True
        return wanted, before

    def _before(self, cells: Cells) -> Entry | None:
        """Return the entity of a row as it is."""
        entity_id, kind = cells.text("id"), cells.choice("kind", list(EntryKind))
        if not _ID.fullmatch(entity_id) or int(entity_id) >= _MAX_ID:
            cells.add("id", "must be a number from 1 to 9223372036854775807.")
        cells.check()
        found = self._ontology.entity(entity_id)
        if found is None and int(entity_id) in _SHIPPED:
            cells.refuse("id", "ids from 1861000000000000000 to 1861999999999999999 are given by Souk.")
        if isinstance(found, Skill) and found.is_group:
            cells.refuse("id", "is that of a group of skills, which imports do not change.")
        before = entry_of(found) if found else None
        if before and before.kind != kind:
            cells.refuse("kind", f"cannot change: {entity_id} is {before.label!r}, of the kind {before.kind}.")
        return before

    def _wanted(self, cells: Cells, before: Entry | None, now: str) -> Entry:
        kind, problems = EntryKind(cells.text("kind").lower()), Problems("row")
        label = texts.line(problems, "label", cells.text("label"), 1, MAX_LABEL)
        definition, synonyms = (before.definition, before.synonyms) if before else (None, ())
        if cells.given("definition"):
            definition = texts.line(problems, "definition", cells.text("definition"), 0, MAX_DEFINITION) or None
        if cells.given("synonyms"):
            named = _listed(cells, "synonyms")
            synonyms = tuple(texts.line(problems, "synonyms", one, 1, MAX_LABEL) for one in named)
        flag = cells.flag("archived")
        archived = bool(flag) if cells.given("archived") else bool(before and before.archived)
        parents = self._parents(cells, kind, before)
        cells.check()
        try:
            problems.raise_if_any()
        except Unprocessable as wrong:
            raise refusal(wrong, _TEXTS) from wrong
        return Entry(
            id=cells.text("id"),
            kind=kind,
            slug=before.slug if before else self._slug(kind, label, cells.text("id")),
            label=label,
            parents=parents,
            definition=definition,
            synonyms=synonyms,
            archived=archived,
            created=before.created if before else now,
            modified=now,
        )

    def _parents(self, cells: Cells, kind: EntryKind, before: Entry | None) -> tuple[str, ...]:
        ids = tuple(_listed(cells, "parent_id"))
        if kind is EntryKind.CATEGORY:
            if ids:
                cells.add("parent_id", "a category has none.")
            return ()
        if before and not cells.given("parent_id"):
            return before.parents
        level, noun = _ABOVE[kind]
        for one in ids:
            found = self._ontology.occupations.get(one)
            if found is None or found.level is not level:
                cells.add("parent_id", f"there is no {noun} {one[:60]!r} before this row.")
        if kind is not EntryKind.SKILL and len(ids) != 1:
            cells.add("parent_id", f"must be the id of its {noun}.")
        elif before and kind is not EntryKind.SKILL and ids != before.parents:
            cells.add("parent_id", "cannot change. Archive this entry, and add another one.")
        return ids

    def _slug(self, kind: EntryKind, label: str, entity_id: str) -> str:
        """Return a slug that no other entity of the kind has. It stays when the label changes."""
        slug, scheme = slug_of(label, entity_id), "souk" if kind is EntryKind.SKILL else "soukOccupation"
        taken = f"{scheme}:{slug}" in self._ontology.by_ontology_id
        return f"{slug}-{entity_id}" if taken or slug.isdigit() else slug


def _listed(cells: Cells, name: str) -> list[str]:
    """Return the values of a cell, which semicolons separate, each once."""
    found = list(dict.fromkeys(value for one in cells.text(name).split(";") if (value := one.strip())))
    if len(found) > MAX_LISTED:
        cells.add(name, f"at most {MAX_LISTED} are allowed; there are {len(found)}.")
    return found[:MAX_LISTED]


def _label_key(entry: Entry) -> tuple[str, ...]:
    """Return where a label is unique: among the skills, or below one entity."""
    return entry.label.casefold(), *(("skill",) if entry.kind is EntryKind.SKILL else entry.parents)
