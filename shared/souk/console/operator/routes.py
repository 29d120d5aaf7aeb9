"""The addresses of the operators' console."""

from typing import Final

from souk.console.operator import (
    audit,
    content,
    data,
    machinery,
    mails,
    money,
    organizations,
    overview,
    payments,
    people,
    reviews,
    settings,
)
from souk.console.operator.access import for_operators
from souk.console.routing import Page, Show, redirect_to
from souk.console.uploads import LOGO_TOO_LARGE
from souk.web.sections import OPERATOR


def _page(path: str, get: Show, post: Show | None = None, too_large: str = "") -> Page:
    return Page(path, for_operators(get), for_operators(post) if post else None, too_large)


PAGES: Final = (
    _page("/operator", overview.show_overview),
    _page("/operator/reviews", reviews.show_reviews),
    _page("/operator/reviews/{id}", reviews.show_review, reviews.decide),
    _page("/operator/people", people.show_people),
    _page("/operator/people/{id}", people.show_person, people.change_person),
    _page("/operator/organizations", organizations.show_organizations),
    _page("/operator/organizations/{id}", organizations.show_organization, organizations.change_organization),
    _page("/operator/content", content.show_content),
    _page("/operator/content/{kind}/{id}", content.show_item, content.change_item),
    _page("/operator/money", money.show_money, money.export_ledger),
    _page("/operator/money/accounts", money.show_accounts),
    _page("/operator/money/bookings", money.show_bookings),
    _page("/operator/money/bookings/{id}", money.show_booking),
    _page("/operator/money/bookings/{id}/reverse", money.show_reversal, money.reverse),
    _page("/operator/money/payments", payments.show_payments),
    _page("/operator/money/payments/{id}", payments.show_payment, payments.change_payment),
    _page("/operator/machinery", machinery.show_machinery, machinery.change_machinery),
    _page("/operator/data", data.show_data, data.change_data, data.TOO_LARGE),
    _page("/operator/data/{id}", data.show_import, data.stop_import),
    _page("/operator/audit", audit.show_actions, audit.export_actions),
    _page("/operator/settings", redirect_to("/operator/settings/brand")),
    _page("/operator/settings/brand", settings.show_brand, settings.change_brand, LOGO_TOO_LARGE),
    _page("/operator/settings/rules", settings.show_rules, settings.change_rules),
    _page("/operator/settings/mail", mails.show_mails),
    _page("/operator/settings/mail/{id}", mails.show_mail, mails.change_mail),
    _page("/operator/settings/deployment", settings.show_deployment),
)
ROUTES: Final = tuple(route for one in PAGES for route in one.routes(OPERATOR, "/operator/{page+}"))
