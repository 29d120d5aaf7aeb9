"""The consent page of the authorization endpoint (RFC 6749, section 3.1)."""

import re
from typing import Final
from urllib.parse import urlsplit

from souk.accounts.errors import FormError, StaleForm
from souk.accounts.permissions import agreed_scopes, asked
from souk.accounts.redirects import return_path
from souk.accounts.request import PageRequest, Site
from souk.domains.identity.model import IdentityVerificationStatus, User
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email
from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from souk.oauth.server import OAuth
from souk.values.errors import Forbidden
from souk.web import Response
from souk.web.translations import Text

_WEB: Final = ("http", "https")
_POLICY_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")
_NO_SUCH_USER: Final = "SOUK_AUTO_CONSENT is set to an e-mail address that no user of this deployment has."
_CHANGED: Final = Text("The program has changed what it asks for. Please read the list again.")


class ConsentPage:
    """The page that asks a person whether a program may act for them. It asks on every authorization request."""

    def __init__(self, site: Site, oauth: OAuth, auto_consent: str | None) -> None:
        """`auto_consent` is the e-mail address of the user who consents without being asked, in a local run."""
        self._site = site
        self._oauth = oauth
        self._auto_consent = auto_consent

    def show(self, request: PageRequest) -> Response:
        """GET: show the consent page, or the login page first."""
        authorization = self._oauth.read_authorization_request(request.http)
        if not isinstance(authorization, AuthorizationRequest):
            return self._rejected(request, authorization)
        if self._auto_consent:
            user = user_by_email(self._site.table, self._auto_consent)
            if user is None:
                raise Forbidden(_NO_SUCH_USER)
            return self._oauth.grant(authorization, user.id, user.organization_id)
        user = self._site.current_user(request)
        if user is None:
            return self._site.redirect_to_login(request)
        return self._site.terms_first(request, user) or self._show(request, authorization, user)

    def decide(self, request: PageRequest) -> Response:
        """POST: allow or deny. The authorization request is validated again, from the form's URL."""
        authorization = self._oauth.read_authorization_request(request.http)
        if not isinstance(authorization, AuthorizationRequest):
            return self._rejected(request, authorization)
        user = self._site.current_user(request)
        if user is None:
            return self._site.redirect_to_login(request)
        if before := self._site.terms_first(request, user):
            return before
        match request.fields.get("decision"):
            case "deny":
                return self._oauth.deny(authorization)
            case "allow":
                return self._allow(request, authorization, user)
            case _:
                raise StaleForm

    def _allow(self, request: PageRequest, authorization: AuthorizationRequest, user: User) -> Response:
        # The generation changes with the key's scopes.
        if request.fields.get("generation") != str(authorization.key.generation):
            return self._show(request, authorization, user, FormError(_CHANGED))
        chosen = request.fields.get("organization", "")
        if chosen not in {one.organization.id for one in request.organizations}:
            return self._show(
                request, authorization, user, FormError(Text("Choose one of your organizations."), "organization")
            )
        return self._oauth.grant(authorization, user.id, chosen)

    def _show(
        self, request: PageRequest, authorization: AuthorizationRequest, user: User, error: FormError | None = None
    ) -> Response:
        choices = request.organizations
        if not choices:
            raise Forbidden(Text("This program needs an organization to act for, and you are not a member of one."))
        key, table = authorization.key, self._site.table
        items = table.batch_get([ORGANIZATIONS.key(key.organization_id), USERS.key(key.created_by)])
        organization = items.get(ORGANIZATIONS.key(key.organization_id))
        person = items.get(USERS.key(key.created_by))
        maker = ORGANIZATIONS.decode(organization) if organization else None
        creator = USERS.decode(person) if person else None
        agreed = agreed_scopes(table, user.id, key, request.now)
        named = bool(request.http.query.get("scope", "").strip())
        return request.render(
            "consent.html",
            status=422 if error else 200,
            form_targets=[_form_target(authorization.redirect_uri)],
            errors=error.fields if error else {},
            user=user,
            program=key.name,
            description=key.description,
            maker=maker,
            payment_verified=maker is not None and maker.payment_verified,
            identity_verified=creator is not None
            and creator.identity_verification is IdentityVerificationStatus.VERIFIED,
            generation=key.generation,
            asked=asked(authorization.scopes, agreed, named=named),
            target=_display_target(authorization.redirect_uri),
            choices=choices,
            here=return_path(request.http),
        )

    def _rejected(self, request: PageRequest, authorization: RejectedRequest | Response) -> Response:
        if isinstance(authorization, RejectedRequest):
            return request.render("error.html", status=authorization.status, message=authorization.message)
        return authorization


def _form_target(redirect_uri: str) -> str:
    """Return the `form-action` source of a redirect URI: its origin, or its scheme.

    The scheme is used for custom schemes of native apps, and for IPv6 hosts, which the policy's syntax does not allow.
    """
    parts = urlsplit(redirect_uri)
    host = parts.scheme in _WEB and _POLICY_HOST.fullmatch(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if host else f"{parts.scheme}:"


def _display_target(redirect_uri: str) -> str:
    """Return the redirect URI's host, or the custom scheme of a native app, to show to the person."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme in _WEB else f"{parts.scheme}:"
