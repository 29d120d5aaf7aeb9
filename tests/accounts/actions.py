"""What people do on the pages, in one call each."""

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
    "email": "Olivia@Example.test",
    "password": PASSWORD,
}


def log_in(browser: Browser, email: str, password: str = PASSWORD, address: str = "/account/login") -> Page:
    """Log in on the page that an address leads to."""
    return browser.submit(browser.get(address), email=email, password=password)


def sign_up(browser: Browser, cognito: Cognito, **changes: str) -> Page:
    """Sign up, confirm with the code that was mailed, and stand at the login."""
    fields = REGISTRATION | changes
    page = browser.submit(browser.get("/account/signup"), fields)
    return browser.submit(page, code=cognito.mails[-1][1])


def authorize(path: str = "/oauth2/authorize", **changes: str | None) -> str:
    """Return the address that a program sends a person to."""
    query = {"response_type": "code", "client_id": KEY_ID, "redirect_uri": CALLBACK, "state": "xyz", **changes}
    return f"{path}?{urlencode({name: value for name, value in query.items() if value is not None})}"
