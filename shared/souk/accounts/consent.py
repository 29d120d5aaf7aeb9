"""Agreeing to what a program asks for: the authorization endpoint's page (RFC 6749, section 3.1)."""

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from souk.accounts.errors import Invalid, Stale
from souk.accounts.redirects import here
from souk.accounts.request import Site, Visit
from souk.authentication.scopes import Scope
from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, user_by_email
from souk.oauth import OAuth, Pending, Refused
from souk.values.errors import Forbidden
from souk.web import Response

_WEB: Final = ("http", "https")
_POLICY_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")
_NOBODY: Final = "Nobody agrees to this by themselves here: SOUK_AUTO_CONSENT names no person of this deployment."
_CHANGED: Final = "The program asks for something else now than when this page was opened. Read it again."


class Choice(NamedTuple):
    """An organization that one can act for."""

    organization: Organization
    company: Organization | None
    """The one that it is a team of."""


class Agreeing:
    """The page that asks a person whether a program may act for them. It asks each time."""

    def __init__(self, site: Site, oauth: OAuth, auto_consent: str | None) -> None:
        """`auto_consent` is the e-mail address of who agrees without being asked, in a local run."""
        self._site = site
        self._oauth = oauth
        self._auto_consent = auto_consent

    def show(self, visit: Visit) -> Response:
        """GET: ask, as soon as somebody is logged in."""
        asked = self._oauth.examine(visit.request)
        if not isinstance(asked, Pending):
            return self._not_asked(visit, asked)
        if self._auto_consent:
            user = user_by_email(self._site.table, self._auto_consent)
            if user is None:
                raise Forbidden(_NOBODY)
            return self._oauth.grant(asked, user.id, user.organization_id)
        who = self._site.user(visit)
        return self._question(visit, asked, who) if who else self._site.login(visit)

    def decide(self, visit: Visit) -> Response:
        """POST: the person's answer. The request is examined again, from the address that the form was posted to."""
        asked = self._oauth.examine(visit.request)
        if not isinstance(asked, Pending):
            return self._not_asked(visit, asked)
        user = self._site.user(visit)
        if user is None:
            return self._site.login(visit)
        match visit.fields.get("decision"):
            case "deny":
                return self._oauth.deny(asked)
            case "allow":
                return self._allow(visit, asked, user)
            case _:
                raise Stale

    def _allow(self, visit: Visit, asked: Pending, user: User) -> Response:
        if visit.fields.get("generation") != str(asked.key.generation):  # its makers changed the key's scopes meanwhile
            return self._question(visit, asked, user, Invalid(_CHANGED))
        chosen = visit.fields.get("organization", "")
        if chosen not in {organization.id for organization, _ in self._site.people.organizations(user)}:
            return self._question(visit, asked, user, Invalid("Choose one of your organizations.", "organization"))
        return self._oauth.grant(asked, user.id, chosen)

    def _question(self, visit: Visit, asked: Pending, user: User, invalid: Invalid | None = None) -> Response:
        choices = self._choices(user)
        if not choices:
            raise Forbidden("You are a member of no organization that this program could act for.")
        return visit.page(
            "consent.html",
            status=422 if invalid else 200,
            form_targets=[_origin(asked.redirect_uri)],
            errors=invalid.fields if invalid else {},
            user=user,
            program=asked.key.name,
            maker=self._site.table.get(ORGANIZATIONS, asked.key.organization_id),
            generation=asked.key.generation,
            scopes=[Scope(name).description for name in asked.scopes],
            target=_shown(asked.redirect_uri),
            choices=choices,
            here=here(visit.request),
        )

    def _choices(self, user: User) -> list[Choice]:
        mine = [organization for organization, _ in self._site.people.organizations(user)]
        items = self._site.table.batch_get(ORGANIZATIONS.key(one.company_id) for one in mine if one.is_team)
        companies = {company.id: company for company in map(ORGANIZATIONS.decode, items.values())}
        return [Choice(one, companies.get(one.company_id) if one.is_team else None) for one in mine]

    def _not_asked(self, visit: Visit, asked: Refused | Response) -> Response:
        if isinstance(asked, Refused):
            return visit.page("problem.html", status=asked.status, message=asked.message)
        return asked


def _origin(redirect_uri: str) -> str:
    """Return what `form-action` calls the place that the answer goes to: an origin, or else a whole scheme.

    A program on the same machine may have a scheme of its own; and an IPv6 address is no host in such a policy.
    """
    parts = urlsplit(redirect_uri)
    host = parts.scheme in _WEB and _POLICY_HOST.fullmatch(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if host else f"{parts.scheme}:"


def _shown(redirect_uri: str) -> str:
    """Return the place that the answer goes to in words: a host, or the scheme of a program on the same machine."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme in _WEB else f"{parts.scheme}:"
