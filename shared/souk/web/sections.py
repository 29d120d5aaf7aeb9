"""The sections of pages, with their menus. A page that should be in a menu is named here."""

from typing import Final

from souk.web.frame import Entry, Section

PUBLIC: Final = Section("the front page", "")
ACCOUNT: Final = Section(
    "Account",
    "/account",
    (
        (
            "You",
            (
                Entry("/account/profile", "Profile"),
                Entry("/account/security", "Security"),
                Entry("/account/sessions", "Sessions"),
                Entry("/account/programs", "Connected programs"),
                Entry("/account/data", "Your data"),
            ),
        ),
        (
            "",
            (
                Entry("/account/organization", "Organization"),
                Entry("/account/members", "Members"),
                Entry("/account/teams", "Teams"),
            ),
        ),
    ),
)
DEVELOPERS: Final = Section(
    "Developers",
    "/developer/keys",
    (
        (
            "",
            (
                Entry("/developer/keys", "API keys"),
                Entry("/developer/webhooks", "Webhooks"),
                Entry("/developer/requests", "Requests"),
            ),
        ),
        ("Try and read", (Entry("/developer/explorer", "API explorer"), Entry("/developer/schema", "Schema"))),
    ),
)
OPERATOR: Final = Section(
    "Operator",
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
                Entry("/operator/settings/brand", "Settings"),
            ),
        ),
    ),
)
SECTIONS: Final = (ACCOUNT, DEVELOPERS, OPERATOR)
"""Those in the header, in their order. That of operators is shown to them only."""
