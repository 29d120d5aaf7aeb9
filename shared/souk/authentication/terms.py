"""The marketplace's terms, and who has accepted them.

SETTINGS    SETTINGS   the marketplace's settings, which the domain `marketplace` owns; here only its terms are read
ONTOLOGY    ONTOLOGY   which ontology holds, which the domain `reference` owns; it is read along with the settings
USER#<id>   TERMS      the version of the terms that a person accepted last

Authentication needs no round trip for them: once a minute it reads the settings together with the caller's token, and
keeps them for the whole function (`Table.get_cached`). Only while programs are refused for people who have not
accepted, it reads the caller's acceptance too, in the same round trip.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from souk.storage import Collection, Entity, Key, Table, Transaction
from souk.values.errors import Forbidden

SETTINGS_KEY: Final = Key("SETTINGS", "SETTINGS")
ONTOLOGY_KEY: Final = Key("ONTOLOGY", "ONTOLOGY")
REASON: Final = "TERMS"
"""`extensions.reason` of errors."""
GRACE: Final = timedelta(days=30)
"""How long programs go on for people who have not accepted a new version."""


class Terms(Entity):
    """The terms in the marketplace's settings."""

    terms_version: str | None = None
    require_terms: bool | None = None
    terms_since: str | None = None
    """Since when the version has to be accepted. ISO 8601, UTC."""

    def refused(self, now: datetime) -> bool:
        """Return whether programs are refused for people who have not accepted. `now` is market time."""
        since = datetime.fromisoformat(self.terms_since) if self.terms_since else None
        return bool(self.require_terms and self.terms_version and since and since + GRACE <= now)


class Acceptance(Entity):
    """The version of the terms that a person accepted last."""

    user_id: str
    version_accepted: str
    accepted: str
    """ISO 8601, UTC."""


def acceptance_key(user_id: str) -> Key:
    """Return the key of a person's acceptance."""
    return Key(f"USER#{user_id}", "TERMS")


TERMS: Final[Collection[Terms]] = Collection("Settings", Terms, key=lambda: SETTINGS_KEY, key_of=lambda _: SETTINGS_KEY)
ACCEPTANCES: Final[Collection[Acceptance]] = Collection(
    "TermsAcceptance", Acceptance, key=acceptance_key, key_of=lambda one: acceptance_key(one.user_id)
)


def settings_keys(table: Table) -> tuple[Key, ...]:
    """Return what has to be read to know the settings of the marketplace: nothing, while they are kept."""
    return tuple(key for key in (SETTINGS_KEY, ONTOLOGY_KEY) if not table.is_cached(key))


def keep_settings(table: Table, items: Mapping[Key, Mapping[str, Any]], read: tuple[Key, ...]) -> None:
    """Keep the settings if they are among the items, which were read at the keys `read`."""
    for key in (SETTINGS_KEY, ONTOLOGY_KEY):
        if key in read:
            table.keep(key, items.get(key))


def keys(table: Table, user_id: str) -> tuple[Key, ...]:
    """Return what has to be read to know whether a person's programs are refused."""
    if settings := settings_keys(table):
        return *settings, acceptance_key(user_id)
    terms = table.get_cached(TERMS)
    return (acceptance_key(user_id),) if terms and terms.refused(table.clock.market()) else ()


def overdue(table: Table, user_id: str, items: Mapping[Key, Mapping[str, Any]], read: tuple[Key, ...]) -> bool:
    """Return whether a person's programs are refused until they accept. `items` were read at the keys `read`."""
    keep_settings(table, items, read)
    terms = table.get_cached(TERMS)
    if terms is None or not terms.refused(table.clock.market()):
        return False
    item = items.get(acceptance_key(user_id))
    return item is None or ACCEPTANCES.decode(item).version_accepted != terms.terms_version


def terms_refused() -> Forbidden:
    """Return the error of a person who has to accept the terms before anything else."""
    return Forbidden(
        "The terms of this marketplace have changed. Log in to accept them, or run acceptTerms.", reason=REASON
    )


def accept(tx: Transaction, table: Table, user_id: str, version: str, at: str) -> Acceptance:
    """Add a person's acceptance to a transaction. `at` is ISO 8601, UTC. Accepting a version again changes nothing."""
    before = table.get(ACCEPTANCES, user_id, consistent=True)
    if before and before.version_accepted == version:
        return before
    after = Acceptance(user_id=user_id, version_accepted=version, accepted=at)
    if before is None:
        return tx.create(ACCEPTANCES, after)
    return tx.update(ACCEPTANCES, after.model_copy(update={"version": before.version}))
