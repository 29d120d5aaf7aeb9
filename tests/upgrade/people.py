"""The people of the recorded table, ready to call the API: those of the demo who hire, and whom they hire."""

from dataclasses import dataclass
from typing import Final

from souk.domains.identity.store import ORGANIZATIONS, user_by_email
from tests.support.actor import Actor
from tests.support.api import Person, Souk, person

OLIVIA: Final = "olivia@acme.test"
"""Owns Acme, which pays on account."""
OMAR: Final = "omar@rival.test"
"""Owns Rival, which pays by checkouts and by card."""
SOFIA, NOAH, MIA = "sofia@studio.test", "noah@studio.test", "mia@pixelagency.test"
"""Freelancers; Mia owns an agency."""
EVERYBODY: Final = (OLIVIA, OMAR, SOFIA, NOAH, MIA)


@dataclass(frozen=True)
class Cast:
    """Everybody, each in their own organization."""

    persons: dict[str, Person]
    actors: dict[str, Actor]

    @classmethod
    def of(cls, souk: Souk) -> "Cast":
        """Give tokens to the people who are in the table."""
        persons = {email: _person(souk, email) for email in EVERYBODY}
        return cls(persons, {email: _actor(one) for email, one in persons.items()})


def _person(souk: Souk, email: str) -> Person:
    user = user_by_email(souk.table, email)
    assert user is not None, email
    home = souk.table.get(ORGANIZATIONS, user.organization_id)
    assert home is not None, email
    return person(souk, user.id, home.id, company_id=home.company_id)


def _actor(somebody: Person) -> Actor:
    return Actor(
        somebody.user_id, somebody.organization_id, lambda query, variables: somebody.call(query, variables).json
    )
