"""Disconnecting programs."""

from souk.authentication.issuance import revoke_grant
from souk.authentication.records import GRANTS_OF_PERSON, Grant
from souk.storage import Table, View


def disconnect(table: Table, user_id: str, key_id: str) -> None:
    """Revoke all grants of a person to a program. Its tokens stop working at once."""
    to_program: View[Grant, Grant] = View([lambda one: one.key_id == key_id and not one.revoked])
    for chunk in GRANTS_OF_PERSON.of(table, user_id).chunks(to_program):
        for grant in chunk:
            revoke_grant(table, grant.id)
