"""The addresses of all pages. API Gateway follows these declarations."""

from typing import Final

from souk.console.account.routes import ROUTES as ACCOUNT
from souk.console.developer.routes import ROUTES as DEVELOPER
from souk.console.docs.routes import ROUTES as DOCS
from souk.console.front.routes import ROUTES as FRONT
from souk.console.operator.routes import ROUTES as OPERATOR
from souk.console.site import Site
from souk.web import Route

ROUTES: Final[tuple[Route[Site], ...]] = (*FRONT, *DOCS, *ACCOUNT, *DEVELOPER, *OPERATOR)
