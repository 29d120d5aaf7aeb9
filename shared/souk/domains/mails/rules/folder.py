"""Checks a deployment's folder of texts of mails (`-c mailTemplates=...`)."""

from pathlib import Path

from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.rules.texts import check, parse
from souk.values.errors import Unprocessable


def check_folder(folder: Path) -> None:
    """Raise ValueError if a file of a folder is not a mail, or its text cannot be used."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(folder)
        if len(name.parts) != 2 or path.suffix != ".txt" or path.stem not in set(MailTemplate):  # noqa: PLR2004
            raise ValueError(f"{path} is not a mail: name it <language>/<mail>.txt, such as en/confirm.txt")
        try:
            check(parse(path.read_text("utf-8")), CATALOG[MailTemplate(path.stem)], "")
        except Unprocessable as wrong:
            raise ValueError(f"{path}: {wrong.message}") from None
