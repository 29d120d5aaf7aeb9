"""Where a checkout leads back to: one rule for all requests that begin one."""

from souk.authentication.records import API_KEYS
from souk.authentication.sessions import WEB_KEY
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.rules import returning
from souk.domains.payments.store import ORDERS
from souk.graph import Context
from souk.storage import Transaction
from souk.values import addresses
from souk.values.problems import Problems


def return_url(problems: Problems, ctx: Context, given: str | None) -> str | None:
    """Return the argument `returnUrl` in normal form; None if there is none.

    It is a problem unless its origin is that of a redirect address of the API key that asks.
    """
    if given is None:
        return None
    url = addresses.normalized(given)
    if ctx.principal.key_id == WEB_KEY:  # the key of this deployment's own pages has no redirect addresses
        allowed: tuple[str, ...] = (ctx.base_url,)
    else:
        key = ctx.load(API_KEYS, ctx.principal.key_id)
        allowed = key.redirect_uris if key else ()
    if found := returning.problem(url, allowed):
        problems.add("returnUrl", found)
    return url


def lead_back(tx: Transaction, order: PaymentOrder, url: str | None) -> PaymentOrder:
    """Have a checkout that can still be paid lead back to another page, if one is given."""
    if url is None or url == order.back_url:
        return order
    return tx.update(ORDERS, order.model_copy(update={"back_url": url}))
