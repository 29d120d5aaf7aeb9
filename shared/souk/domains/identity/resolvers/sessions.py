"""Resolvers of a person's own browsers and connected programs."""

from souk.authentication.records import API_KEYS, ApiKey, api_key_key
from souk.domains.identity.commands import programs, sessions
from souk.domains.identity.resolvers.api_keys import program_key
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.store import LIVE_GRANTS, ORGANIZATIONS
from souk.domains.identity.views import AccountSession, ConnectedProgram
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.storage import Key


@domain.query("accountSessions", scopes=[Scope.ACCOUNT])
def account_sessions(ctx: Context) -> list[AccountSession]:
    """Return the browsers that the caller is logged in with."""
    return AccountSession.all(ctx)


@domain.mutation("endSession", scopes=[Scope.ACCOUNT])
def end_session(ctx: Context, id: str) -> bool:
    """Log a browser of the caller out."""
    sessions.end_one(ctx.table, ctx.principal.user_id, id)
    return True


@domain.mutation("endOtherSessions", scopes=[Scope.ACCOUNT])
def end_other_sessions(ctx: Context) -> int:
    """Log all other browsers of the caller out."""
    return sessions.end_others(ctx.table, ctx.principal.user_id, ctx.principal.session_id)


def _granted(ctx: Context) -> Key:
    return LIVE_GRANTS.key(ctx.principal.user_id)


def _grants(ctx: Context) -> dict[Key, Source]:
    return {_granted(ctx): LIVE_GRANTS}


def _keys(ctx: Context) -> dict[Key, Source]:
    return {api_key_key(grant.key_id): API_KEYS for grant in ctx.entities[_granted(ctx)]}


@domain.query("connectedPrograms", scopes=[Scope.ACCOUNT], needs=(_grants, _keys))
def connected_programs(ctx: Context) -> list[ConnectedProgram]:
    """Return the programs that have access as the caller. A service account has given none."""
    return [] if ctx.principal.service else ConnectedProgram.all(ctx, ctx.entities[_granted(ctx)])


@domain.mutation("disconnectProgram", scopes=[Scope.ACCOUNT])
def disconnect_program(ctx: Context, api_key_id: str) -> bool:
    """End all access of a program to the caller's account."""
    programs.disconnect(ctx.table, ctx.principal.user_id, api_key_id)
    return True


@domain.field("ConnectedProgram.apiKey")
def key_of_program(source: ConnectedProgram, ctx: Context) -> ApiKey:
    """Return the program's API key."""
    return program_key(ctx, source.api_key)


domain.link(
    "ConnectedProgram.organizations",
    to=ORGANIZATIONS,
    by=lambda program: list(program.organization_ids),
)
