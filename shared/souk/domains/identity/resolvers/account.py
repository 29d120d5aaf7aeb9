"""Resolvers of the caller's own account, and of the profile of an organization."""

from datetime import datetime
from typing import Any

from souk.domains.identity.commands import account as commands
from souk.domains.identity.commands import organizations, pictures, room_invitations
from souk.domains.identity.inputs import UpdateAccount, UpdateOrganizationProfile
from souk.domains.identity.model import Organization, User
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.identity.rules.permissions import rule_of
from souk.domains.identity.store import JOINED, USERS
from souk.domains.identity.views import country_of, photo_url
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.storage import Key, Table
from souk.values.errors import Forbidden, NotFound
from souk.values.pictures import PictureKind


def _caller(ctx: Context) -> dict[Key, Source]:
    return {USERS.key(ctx.principal.user_id): USERS}


@domain.query("account", scopes=[Scope.ACCOUNT], needs=_caller)
def account(ctx: Context) -> dict[str, Any]:
    """Return the caller's account."""
    user = ctx.load(USERS, ctx.principal.user_id)
    if user is None:
        raise NotFound("This account does not exist.")
    return _view(user, ctx)


@domain.mutation("updateAccount", scopes=[Scope.ACCOUNT])
def update_account(ctx: Context, input: UpdateAccount) -> dict[str, Any]:
    """Change the caller's account."""
    return _view(commands.update(ctx, input), ctx)


@domain.mutation("updateOrganizationProfile", scopes=[Scope.ORGANIZATIONS])
def update_organization_profile(ctx: Context, input: UpdateOrganizationProfile) -> Organization:
    """Change the profile of an organization."""
    return organizations.update_profile(ctx, input)


def _joined(source: dict[str, Any], ctx: Context) -> dict[Key, Source]:
    return {JOINED.key(source["user"].id): JOINED}


@domain.field("Account.operator", needs=_joined)
def is_operator(source: dict[str, Any], ctx: Context) -> bool:
    """Return whether the person is an operator, in whatever organization the request is made for."""
    return any(one.active and one.operator for one in ctx.entities[JOINED.key(source["user"].id)])


@domain.upload(pictures.PORTRAIT, picture=PictureKind.PORTRAIT, personal=True)
def may_upload_portrait(ctx: Context) -> None:
    """Allow everybody to upload their own portrait."""


@domain.upload(pictures.LOGO, picture=PictureKind.LOGO)
def may_upload_logo(ctx: Context) -> None:
    """Allow owners and admins of the organization of the request to upload a logo."""
    if not rule_of("ORGANIZATION", "update").held_by(ctx.principal.role, ctx.principal.permissions):
        raise Forbidden("Only owners and admins of the organization can do this.")


@domain.due(pictures.PORTRAIT)
def show_portrait(table: Table, entity_id: str, now: datetime) -> None:
    """Show a portrait that has been processed."""
    pictures.show_portrait(table, entity_id, now)


domain.due(room_invitations.MAIL)(room_invitations.send)


@domain.due(pictures.LOGO)
def show_logo(table: Table, entity_id: str, now: datetime) -> None:
    """Show a logo that has been processed."""
    pictures.show_logo(table, entity_id, now)


def _view(user: User, ctx: Context) -> dict[str, Any]:
    place = user.location
    return {
        "user": user,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
        "phone": user.phone,
        "photoUrl": photo_url(user, ctx.base_url),
        "location": {
            "street": place.address,
            "additionalInfo": place.additional_info,
            "city": place.city,
            "state": place.state,
            "zip": place.zip,
            "country": country_of(place),
            "timezone": time_zone_of(place),
        },
        "language": user.language,
        "authenticator": user.authenticator,
        "identityVerification": user.identity_verification,
        # This deployment has no terms to accept, and accounts are not erased yet.
        "termsVersion": None,
        "termsAcceptedDateTime": None,
        "termsToAccept": None,
        "deletionDateTime": None,
        "createdDateTime": user.creation_date,
        "mailMessages": user.mail_messages,
    }
