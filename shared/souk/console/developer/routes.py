"""The addresses of the developer portal."""

from typing import Final

from souk.console.developer import explorer, key_forms, keys, requests, schema, webhook, webhooks
from souk.console.routing import Page, redirect_to
from souk.web import Route
from souk.web.sections import DEVELOPERS

PAGES: Final = (
    Page("/developer", get=redirect_to("/developer/keys")),
    Page("/developer/keys", get=keys.show_keys),
    Page("/developer/keys/new", get=key_forms.show_new, post=key_forms.process_new),
    Page("/developer/keys/{id}", get=keys.show_key, post=keys.process_key),
    Page("/developer/keys/{id}/edit", get=key_forms.show_edit, post=key_forms.process_edit),
    Page("/developer/keys/{id}/delete", get=keys.show_deletion, post=keys.process_deletion),
    Page("/developer/webhooks", get=webhooks.show_webhooks),
    Page("/developer/webhooks/new", get=webhooks.show_new, post=webhooks.process_new),
    Page("/developer/webhooks/{id}", get=webhook.show_webhook, post=webhook.process_webhook),
    Page("/developer/webhooks/{id}/edit", get=webhooks.show_edit, post=webhooks.process_edit),
    Page("/developer/webhooks/{id}/delete", get=webhook.show_deletion, post=webhook.process_deletion),
    Page("/developer/requests", get=requests.show_requests),
    Page("/developer/schema", get=schema.show_schema),
    Page("/developer/explorer", get=explorer.show_explorer, post=explorer.process_explorer),
)
ROUTES: Final = (
    *(route for one in PAGES for route in one.routes(DEVELOPERS, "/developer/{page+}")),
    *schema.FILES,
    Route("GET", "/assets/{version}/{name}", explorer.serve_asset, resource="/assets/{page+}"),
)
