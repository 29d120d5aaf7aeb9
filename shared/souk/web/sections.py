"""The sections of pages, with their menus. A page that should be in a menu is named here."""

from typing import Final

from souk.web.frame import Entry, Section
from souk.web.translations import Text

PUBLIC: Final = Section(Text("the front page"), "")
ACCOUNT: Final = Section(
    Text("Account"),
    "/account",
    (
        (
            Text("You"),
            (
                Entry("/account/profile", Text("Profile")),
                Entry("/account/security", Text("Security")),
                Entry("/account/sessions", Text("Sessions")),
                Entry("/account/programs", Text("Connected programs")),
                Entry("/account/data", Text("Your data")),
            ),
        ),
        (
            "",
            (
                Entry("/account/organization", Text("Organization")),
                Entry("/account/members", Text("Members")),
                Entry("/account/teams", Text("Teams")),
            ),
        ),
    ),
)
DEVELOPERS: Final = Section(
    Text("Developers"),
    "/developer/keys",
    (
        (
            "",
            (
                Entry("/developer/keys", Text("API keys")),
                Entry("/developer/webhooks", Text("Webhooks")),
                Entry("/developer/requests", Text("Requests")),
            ),
        ),
        (
            Text("Try and read"),
            (Entry("/developer/explorer", Text("API explorer")), Entry("/developer/schema", Text("Schema"))),
        ),
    ),
)
OPERATOR: Final = Section(
    Text("Operator"),
    "/operator",
    (
        ("Today", (Entry("/operator", "Overview"), Entry("/operator/reviews", "Reviews"))),
        (
            "Market",
            (
                Entry("/operator/people", "People"),
                Entry("/operator/organizations", "Organizations"),
                Entry("/operator/content", "Jobs and gigs"),
                Entry("/operator/money", "Money"),
            ),
        ),
        (
            "Running it",
            (
                Entry("/operator/machinery", "Machinery"),
                Entry("/operator/data", "Import and export"),
                Entry("/operator/audit", "Audit trail"),
                Entry("/operator/settings/brand", "Settings", folder="/operator/settings"),
            ),
        ),
    ),
    translated=False,
)
SECTIONS: Final = (ACCOUNT, DEVELOPERS, OPERATOR)
"""Those in the header, in their order. That of operators is shown to them only."""
