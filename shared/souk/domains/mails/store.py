"""The table's items of mails.

MAIL#<id>              MAIL         a mail that waits to be sent
MAILTEXT#<template>    <language>   the text of a mail, as an operator wrote it
"""

from collections.abc import Mapping
from typing import Final

from souk.domains.mails.model import MailTemplate, QueuedMail, StoredText
from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.rules.texts import ENGLISH, MailText, html_of, read_file, render, shipped
from souk.domains.marketplace.deployment import MAIL_FOLDER
from souk.domains.marketplace.store import current
from souk.runtime.bundle import folder
from souk.storage import Collection, Key, Table

WRITES: Final = ("MAIL#",)
"""The key prefix of waiting mails. The domains that queue mails write it too (`joins`)."""
TEXT_PREFIX: Final = "MAILTEXT#"
"""The key prefix of the texts, which only this domain writes."""


def mail_key(mail_id: str) -> Key:
    """Return the key of a mail."""
    return Key(f"MAIL#{mail_id}", "MAIL")


def text_key(template: str, language: str) -> Key:
    """Return the key of the text of a mail."""
    return Key(f"{TEXT_PREFIX}{template}", language)


MAILS: Collection[QueuedMail] = Collection(
    name="QueuedMail", model=QueuedMail, key=mail_key, key_of=lambda mail: mail_key(mail.id)
)
TEXTS: Collection[StoredText] = Collection(
    name="MailText", model=StoredText, key=text_key, key_of=lambda one: text_key(one.template, one.language)
)


def delivered(template: MailTemplate, language: str) -> MailText | None:
    """Return the text of a mail as the deployment brings it, or as Souk is delivered with; None if there is none."""
    files = folder()
    own = read_file(files / MAIL_FOLDER / language / f"{template}.txt") if files else None
    return own or shipped(template, language)


def template_of(table: Table, template: MailTemplate, language: str) -> MailText:
    """Return the text of a mail in a language, or in English where there is none. It takes one round trip."""
    languages = dict.fromkeys((language, ENGLISH))
    items = table.batch_get(text_key(template, one) for one in languages)
    for one in languages:
        if item := items.get(text_key(template, one)):
            stored = TEXTS.decode(item)
            return MailText(stored.subject, stored.text)
        if own := delivered(template, one):
            return own
    raise LookupError(f"There is no text of the mail {template}.")


def written(table: Table, template: MailTemplate, language: str | None, **values: str) -> MailText:
    """Return a mail with the marketplace's brand. Without a language it is in the marketplace's default one."""
    text = template_of(table, template, language or current(table).languages[0])
    return filled(table, template, text, values)


def filled(table: Table, template: MailTemplate, text: MailText, values: Mapping[str, str]) -> MailText:
    """Return a mail of a text, with the marketplace's brand. Values that are left out are empty."""
    brand = current(table).brand()
    common = {"marketplace": brand.name, "support": brand.support.removeprefix("mailto:")}
    known = dict.fromkeys(CATALOG[template].examples, "") | common
    return render(text, known | dict(values))


def html(mail: MailText, link: str = "") -> str:
    """Return the HTML of a mail."""
    return html_of(mail.text, link)
