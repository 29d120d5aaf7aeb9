"""The addresses of pages by who sees them: tests of all pages take them from here."""

from typing import Final

MEMBER: Final = (
    "/developer/keys",
    "/account/profile",
    "/account/sessions",
    "/account/programs",
    "/account/data",
    "/account/data/delete",
    "/account/organization",
    "/account/members",
    "/account/members/invite",
    "/account/teams",
)
"""Pages of owners, who see all that members see."""
