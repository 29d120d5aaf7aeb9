"""The first page of the account: the person's details, their organizations and the programs that act for them."""

from souk.accounts.request import PageRequest
from souk.authentication.records import API_KEYS
from souk.domains.identity.model import User
from souk.domains.identity.store import LIVE_GRANTS
from souk.domains.identity.views import ConnectedProgram
from souk.storage import Table
from souk.web import Response


def show_account(request: PageRequest, user: User) -> Response:
    """GET: show the user's details, organizations and programs, with links to the other pages."""
    return request.render(
        "account.html",
        user=user,
        organizations=request.organizations,
        programs=_programs(request.site.table, user.id),
    )


def _programs(table: Table, user_id: str) -> list[ConnectedProgram]:
    grants = LIVE_GRANTS.of(table, user_id)
    keys = table.batch_get([API_KEYS.key(one.key_id) for one in grants])
    return ConnectedProgram.among(grants, map(API_KEYS.decode, keys.values()))
