"""Common actions on the account pages."""

from urllib.parse import urlencode

from tests.accounts.browser import Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito

KEY_ID, KEY_SECRET = "program", "program-secret"
CALLBACK = "https://program.example/callback"

REGISTRATION = {
    "side": "client",
    "first_name": "Olivia",
    "last_name": "Ortega",
    "company": "Acme",
    "country": "US",
    "timezone": "America/Denver",
    "email": "Olivia@Example.test",
    "password": PASSWORD,
}


def log_in(browser: Browser, email: str, password: str = PASSWORD, address: str = "/account/login") -> Page:
    """Log in on a page, or on the login page that it redirects to."""
    return browser.submit(browser.get(address), email=email, password=password)


def sign_up(browser: Browser, cognito: Cognito, **changes: str) -> Page:
    """Sign up, confirm with the mailed code, and return the login page."""
    fields = REGISTRATION | changes
    page = browser.submit(browser.get("/account/signup"), fields)
    return browser.submit(page, code=cognito.mails[-1][1])


def authorize(path: str = "/oauth2/authorize", **changes: str | None) -> str:
    """Return the path of an authorization request."""
    query = {"response_type": "code", "client_id": KEY_ID, "redirect_uri": CALLBACK, "state": "xyz", **changes}
    return f"{path}?{urlencode({name: value for name, value in query.items() if value is not None})}"
