"""People who call the API: members of a company, a rival and a freelancer."""

from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB, settle
from tests.support.api import Souk, person


class Callers:
    """The API with its callers."""

    def __init__(self, souk: Souk) -> None:
        settle(souk.table)
        self.souk = souk
        self.olivia = person(souk, OLIVIA, ACME)
        self.liam = person(souk, LIAM, WEB, company_id=ACME)
        self.omar = person(souk, OMAR, RIVAL)
        self.sofia = person(souk, SOFIA, SOLO)

    def user(self, user_id: str) -> User:
        user = self.souk.table.get(USERS, user_id)
        assert user
        return user

    def organization(self, organization_id: str) -> Organization:
        organization = self.souk.table.get(ORGANIZATIONS, organization_id)
        assert organization
        return organization
