"""The addresses of the account's pages. Those of the log-in and of passwords are in `souk.accounts.routes`."""

from typing import Final

from souk.console.account import access, data, members, organization, profile, teams
from souk.console.routing import Page
from souk.web.sections import ACCOUNT

PAGES: Final = (
    Page("/account/profile", get=profile.show_profile, post=profile.save_profile),
    Page("/account/sessions", get=access.show_sessions, post=access.end_sessions),
    Page("/account/programs", get=access.show_programs, post=access.disconnect_program),
    Page("/account/data", get=data.show_data, post=data.request_copy),
    Page("/account/data/delete", get=data.show_deletion, post=data.delete),
    Page("/account/organization", get=organization.show_organization, post=organization.save_organization),
    Page("/account/members", get=members.show_members, post=members.change_member),
    Page("/account/members/invite", get=members.show_invite, post=members.invite),
    Page("/account/members/remove", get=members.ask_removal, post=members.remove),
    Page("/account/teams", get=teams.show_teams, post=teams.change_teams),
)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(ACCOUNT))
