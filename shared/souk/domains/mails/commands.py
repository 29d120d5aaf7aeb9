"""Queueing and sending mails, and changing their texts.

Only the function that sends mail may use Amazon SES. The functions that cause a mail store it with a deadline that is
due at once, so a mail is sent if and only if its cause was stored.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from souk.deadlines.model import schedule
from souk.domains import load
from souk.domains.audit.inputs import reason_of
from souk.domains.audit.model import Subject
from souk.domains.audit.store import Changes, actor_of, record
from souk.domains.mails import rules
from souk.domains.mails.inputs import PreviewedMail, UpdateMailTemplate
from souk.domains.mails.model import MailTemplate, QueuedMail, StoredText
from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.rules.texts import MailText, check
from souk.domains.mails.store import MAILS, TEXTS, delivered, filled, text_key, written
from souk.domains.marketplace.store import current
from souk.runtime import mail
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.naming import to_contract
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.graph import Context  # lower floors queue mails without the graph

SEND: Final = "mails.send"
_IDS: Final = {to_contract(template): template for template in MailTemplate}


def queue(
    tx: Transaction, template: MailTemplate, user_id: str, now: datetime, *, address: str | None = None, **values: str
) -> None:
    """Add a mail to a user to a transaction. `values` are those of the template's placeholders.

    It goes to the user's address when it is sent, unless an `address` is given: of somebody who may be erased by then,
    or has changed it.
    """
    queued = QueuedMail(
        id=tx.new_id(), user_id=user_id, address=address, template=template, values=values, created=stamp(now)
    )
    tx.create(MAILS, queued)
    schedule(tx, SEND, queued.id, now)


def send(table: Table, mail_id: str, now: datetime) -> None:
    """Send a mail and delete it. If that fails, the deadline tries again for `rules.MAX_AGE`.

    A mail is sent twice if the function ends between sending and deleting.
    """
    queued = table.get(MAILS, mail_id, consistent=True)
    if queued is None:
        return
    recipient = load("identity").facts["identity.recipient"](table, queued.user_id)
    address = queued.address or (recipient.email if recipient else None)
    if address and mail.is_enabled() and not rules.is_outdated(queued, now):
        content = written(table, queued.template, recipient.language if recipient else "en", **queued.values)
        mail.send(address, *content, sender=current(table).name)
    tx = table.transaction()
    tx.delete(MAILS, queued)
    tx.commit()


def template_named(template_id: str) -> MailTemplate:
    """Return the mail with an id. Raises NotFound."""
    template = _IDS.get(template_id)
    if template is None:
        raise NotFound(f"There is no mail with this id. There are {', '.join(sorted(_IDS))}.")
    return template


def update(ctx: "Context", wanted: UpdateMailTemplate) -> tuple[MailTemplate, str]:
    """Replace the text of a mail in one language.

    Raises Unprocessable for a text that cannot be used, such as one with an unknown placeholder, and Conflict if
    another version is stored than the wanted one.
    """
    template = template_named(wanted.id)
    language = _language(ctx.table, wanted.language, "input.language")
    new = _checked(template, wanted)
    reason = reason_of(wanted.reason) if wanted.reason else None

    def attempt(tx: Transaction) -> None:
        before = ctx.table.get(TEXTS, template, language, consistent=True)
        old = MailText(before.subject, before.text) if before else delivered(template, language)
        if old == new and before:
            return
        if wanted.version not in (None, before.version if before else 0):
            raise Conflict("Somebody else has changed this text. Read it again.")
        changes: Changes = {
            "subject": (old.subject if old else None, new.subject),
            "text": (old.text if old else None, new.text),
        }
        _record(ctx, tx, "updateMailTemplate", (template, language), reason, changes)
        stored = StoredText(
            template=template,
            language=language,
            **new._asdict(),
            modified=stamp(ctx.now),
            modified_by_id=ctx.principal.user_id,
            version=before.version if before else 0,
        )
        if before:
            tx.update(TEXTS, stored)
        else:
            tx.create(TEXTS, stored)

    ctx.table.retry_until_committed(attempt)
    return template, language


def reset(ctx: "Context", template_id: str, language: str | None) -> MailTemplate:
    """Restore the text of a mail in one language, or in all."""
    template = template_named(template_id)
    offered = current(ctx.table).languages
    languages = (_language(ctx.table, language, "language"),) if language else offered

    def attempt(tx: Transaction) -> None:
        items = ctx.table.batch_get((text_key(template, one) for one in languages), consistent=True)
        for stored in map(TEXTS.decode, items.values()):
            changes: Changes = {"subject": (stored.subject, None), "text": (stored.text, None)}
            _record(ctx, tx, "resetMailTemplate", (template, stored.language), changes=changes)
            tx.delete(TEXTS, stored)

    ctx.table.retry_until_committed(attempt)
    return template


def send_test(ctx: "Context", template_id: str, language: str | None) -> None:
    """Send a mail with the values of previews to the caller.

    Raises SoukError in a deployment that sends no mail, and TooManyRequests for too many to one address.
    """
    template = template_named(template_id)
    chosen = _language(ctx.table, language, "language") if language else None
    recipient = load("identity").facts["identity.recipient"](ctx.table, ctx.principal.user_id)
    if recipient is None:
        raise NotFound("This account does not exist.")
    ctx.meter.admit_mail(recipient.email, ctx.table.clock.real())
    content = written(ctx.table, template, chosen or recipient.language, **CATALOG[template].examples)
    mail.send(recipient.email, *content, sender=current(ctx.table).name)
    tx = ctx.table.transaction()
    _record(ctx, tx, "sendTestMail", (template, chosen or recipient.language))
    tx.commit()


def preview(ctx: "Context", wanted: PreviewedMail) -> MailText:
    """Return a mail with example values. Raises Unprocessable for a text that cannot be used."""
    template = template_named(wanted.id)
    return filled(ctx.table, template, _checked(template, wanted), CATALOG[template].examples)


def _checked(template: MailTemplate, wanted: UpdateMailTemplate | PreviewedMail) -> MailText:
    new = MailText(" ".join(wanted.subject.split()), wanted.text.replace("\r\n", "\n").strip("\n") + "\n")
    check(new, CATALOG[template])
    return new


def _language(table: Table, language: str, path: str) -> str:
    offered = current(table).languages
    if language not in offered:
        raise Unprocessable(f"{path}: must be a language of the marketplace: {', '.join(offered)}.")
    return language


def _record(
    ctx: "Context",
    tx: Transaction,
    action: str,
    about: tuple[MailTemplate, str],
    reason: str | None = None,
    changes: Changes | None = None,
) -> None:
    template, language = about
    subject = Subject(type="MailTemplate", id=f"{to_contract(template)}/{language}", title=CATALOG[template].title)
    record(tx, actor_of(ctx), action, subject, reason=reason, changes=changes)
