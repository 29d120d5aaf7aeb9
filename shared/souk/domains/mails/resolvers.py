"""Mails in the graph: operators see and replace their texts. And the work of sending."""

from collections.abc import Mapping
from typing import Any, Final

from souk.domains.mails import commands
from souk.domains.mails.inputs import PreviewedMail, UpdateMailTemplate
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.rules.texts import ENGLISH, MailText
from souk.domains.mails.store import TEXT_PREFIX, TEXTS, delivered, text_key
from souk.domains.marketplace.store import current
from souk.graph import Context, Domain, ListSize, Scope
from souk.storage import Key
from souk.values.naming import to_contract

domain = Domain("mails", function="auth", joins=("audit",), joins_keys=(TEXT_PREFIX,))
domain.due(commands.SEND)(commands.send)

_SCOPES: Final = (Scope.OPERATOR,)
_SIZE: Final = ListSize(default=len(MailTemplate), greatest=len(MailTemplate))


@domain.query("mailTemplates", scopes=_SCOPES, size=_SIZE)
def mail_templates(ctx: Context) -> list[dict[str, Any]]:
    """Return the texts of all mails, in each language of the marketplace."""
    languages = current(ctx.table).languages
    items = ctx.table.batch_get(text_key(one, language) for one in MailTemplate for language in languages)
    return [_view(one, language, items) for one in MailTemplate for language in languages]


@domain.query("mailPreview", scopes=_SCOPES)
def mail_preview(ctx: Context, input: PreviewedMail) -> MailText:
    """Return a mail with example values."""
    return commands.preview(ctx, input)


@domain.mutation("updateMailTemplate", scopes=_SCOPES)
def update_mail_template(ctx: Context, input: UpdateMailTemplate) -> dict[str, Any]:
    """Replace the text of a mail."""
    return _read(ctx, *commands.update(ctx, input))


@domain.mutation("resetMailTemplate", scopes=_SCOPES)
def reset_mail_template(ctx: Context, id: str, language: str | None = None) -> dict[str, Any]:
    """Restore the text of a mail."""
    return _read(ctx, commands.reset(ctx, id, language), language or current(ctx.table).languages[0])


@domain.mutation("sendTestMail", scopes=_SCOPES)
def send_test_mail(ctx: Context, template_id: str, language: str | None = None) -> bool:
    """Send a mail with example values to the caller."""
    commands.send_test(ctx, template_id, language)
    return True


def _read(ctx: Context, template: MailTemplate, language: str) -> dict[str, Any]:
    return _view(template, language, ctx.table.batch_get([text_key(template, language)], consistent=True))


def _view(template: MailTemplate, language: str, items: Mapping[Key, Mapping[str, Any]]) -> dict[str, Any]:
    item = items.get(text_key(template, language))
    stored = TEXTS.decode(item) if item else None
    shown = stored or delivered(template, language) or delivered(template, ENGLISH)
    return {
        "id": to_contract(template),
        "language": language,
        "title": CATALOG[template].title,
        "subject": shown.subject if shown else "",
        "text": shown.text if shown else "",
        "placeholders": CATALOG[template].placeholders,
        "changed": stored is not None,
        "modifiedDateTime": stored.modified if stored else None,
        "version": stored.version if stored else 0,
    }
