"""Resolvers of the caller's own account, and of the profile of an organization."""

from datetime import datetime
from typing import Any

from souk.authentication.terms import ACCEPTANCES, Acceptance
from souk.domains.identity.commands import account as commands
from souk.domains.identity.commands import authenticators, erasing, organizations, pictures, room_invitations, terms
from souk.domains.identity.commands.erasing import LEAVE
from souk.domains.identity.commands.key_review_off import activate_waiting
from souk.domains.identity.inputs import UpdateAccount, UpdateOrganizationProfile
from souk.domains.identity.model import Organization, User
from souk.domains.identity.personal import PERSONAL
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.identity.rules.permissions import rule_of
from souk.domains.identity.store import JOINED, RESET_AUTHENTICATOR, USERS
from souk.domains.identity.views import country_of, photo_url
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.graph.domain import ERASED
from souk.storage import Collection, Key, Table
from souk.values.errors import Forbidden, NotFound
from souk.values.pictures import PictureKind


def _caller(ctx: Context) -> dict[Key, Source]:
    user_id = ctx.principal.user_id
    # Each page of the console asks for the terms, too; read here they take no round trip of their own.
    return {USERS.key(user_id): USERS, ACCEPTANCES.key(user_id): ACCEPTANCES}


@domain.query("account", scopes=[Scope.ACCOUNT], needs=_caller)
def account(ctx: Context) -> dict[str, Any]:
    """Return the caller's account."""
    user = ctx.load(USERS, ctx.principal.user_id)
    if user is None:
        raise NotFound("This account does not exist.")
    return shown_account(user, ctx)


@domain.mutation("updateAccount", scopes=[Scope.ACCOUNT])
def update_account(ctx: Context, input: UpdateAccount) -> dict[str, Any]:
    """Change the caller's account."""
    return shown_account(commands.update(ctx, input), ctx)


@domain.mutation("updateOrganizationProfile", scopes=[Scope.ORGANIZATIONS])
def update_organization_profile(ctx: Context, input: UpdateOrganizationProfile) -> Organization:
    """Change the profile of an organization."""
    return organizations.update_profile(ctx, input)


@domain.mutation("acceptTerms", scopes=[Scope.ACCOUNT])
def accept_terms(ctx: Context, version: str) -> dict[str, Any]:
    """Accept the marketplace's terms."""
    terms.accept(ctx.table, ctx.principal.user_id, version, ctx.now)
    return account(ctx)


def _acceptance(source: dict[str, Any], ctx: Context) -> dict[Key, Collection[Acceptance]]:
    return {ACCEPTANCES.key(source["user"].id): ACCEPTANCES}


def _accepted(source: dict[str, Any], ctx: Context) -> Acceptance | None:
    return ctx.load(ACCEPTANCES, source["user"].id)


@domain.field("Account.termsVersion", needs=_acceptance)
def terms_version(source: dict[str, Any], ctx: Context) -> str | None:
    """Return the version of the terms that the person accepted last."""
    accepted = _accepted(source, ctx)
    return accepted.version_accepted if accepted else None


@domain.field("Account.termsAcceptedDateTime", needs=_acceptance)
def terms_accepted(source: dict[str, Any], ctx: Context) -> str | None:
    """Return when the person accepted them."""
    accepted = _accepted(source, ctx)
    return accepted.accepted if accepted else None


@domain.field("Account.termsToAccept", needs=_acceptance)
def terms_to_accept(source: dict[str, Any], ctx: Context) -> str | None:
    """Return the version of the terms to accept."""
    return terms.version_to_accept(ctx.table, _accepted(source, ctx))


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
domain.due(RESET_AUTHENTICATOR)(authenticators.reset)
domain.due(LEAVE, then=ERASED)(erasing.leave)
domain.personal(PERSONAL)


@domain.due("identity.key_review_off")
def key_review_off(table: Table, entity_id: str, now: datetime) -> None:  # noqa: ARG001 - it is about all
    """Activate the API keys that wait."""
    activate_waiting(table, now)


domain.link("MarketplaceSettings.modifiedBy", to=USERS, by=lambda source: source["modified_by_id"])


@domain.due(pictures.LOGO)
def show_logo(table: Table, entity_id: str, now: datetime) -> None:
    """Show a logo that has been processed."""
    pictures.show_logo(table, entity_id, now)


def shown_account(user: User, ctx: Context) -> dict[str, Any]:
    """Return a person's own account, as they see it."""
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
        "deletionDateTime": user.deletion,
        "createdDateTime": user.creation_date,
        "mailMessages": user.mail_messages,
    }
