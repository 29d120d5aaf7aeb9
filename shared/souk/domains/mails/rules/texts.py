"""The texts of mails: Jinja templates with nothing but placeholders and `if`. Pure, except that files are read once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules.catalog import MailInfo
from souk.values.errors import Unprocessable

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.nodes import Node
    from jinja2.sandbox import SandboxedEnvironment

ENGLISH: Final = "en"
MAX_SUBJECT: Final = 300
MAX_TEXT: Final = 10_000
"""Characters of a template."""
_SHIPPED: Final = Path(__file__).parent.parent / "templates"
_QUOTED: Final = re.compile(r"(?:^&gt; .*(?:\n|$))+", re.MULTILINE)


class MailText(NamedTuple):
    """The subject and the text of a mail, or of its template."""

    subject: str
    text: str


def shipped(template: MailTemplate, language: str) -> MailText | None:
    """Return the template that Souk is delivered with; None in a language that has none."""
    return read_file(_SHIPPED / language / f"{template}.txt")


@cache
def read_file(path: Path) -> MailText | None:
    """Return the template in a file, whose first line is the subject; None if there is no such file."""
    return parse(path.read_text("utf-8")) if path.is_file() else None


def parse(content: str) -> MailText:
    """Return the template in the content of a file."""
    subject, _, text = content.partition("\n")
    return MailText(subject.strip(), text.strip("\n") + "\n")


def render(template: MailText, values: Mapping[str, str]) -> MailText:
    """Return the text of a mail. Values are never read as templates."""
    subject, text = (_compiled(part).render(values) for part in template)
    return MailText(" ".join(subject.split()), text)


def html_of(text: str, link: str = "") -> str:
    """Return the text of a mail as HTML: paragraphs and quotations. Only `link` becomes a link."""
    shown = "".join(_paragraph(part) for part in escape(text.strip()).split("\n\n") if part.strip())
    anchor = f'<a href="{escape(link)}">{escape(link)}</a>'
    return shown.replace(escape(link), anchor) if link else shown


def problem(source: str, placeholders: Iterable[str], most: int) -> str | None:
    """Return the problem with a template, as a message for operators; None if there is none."""
    if not source.strip() or len(source) > most:
        return f"must have 1 to {most} characters."
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - loaded on first use

    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as wrong:
        return f"line {wrong.lineno}: {wrong.message}"
    return next(_problems(tree, frozenset(placeholders)), None)


def check(template: MailText, info: MailInfo, where: str = "input.") -> None:
    """Raise Unprocessable for a template that cannot be used."""
    for name, source, most in (("subject", template.subject, MAX_SUBJECT), ("text", template.text, MAX_TEXT)):
        if wrong := problem(source, info.placeholders, most):
            raise Unprocessable(f"{where}{name}: {wrong}")
    marked = {name: f"<{name}>" for name in info.placeholders}
    if missing := [name for name in info.required if marked[name] not in render(template, marked).text]:
        raise Unprocessable(f"{where}text: this mail needs {{{{ {missing[0]} }}}}.")


def _problems(tree: "Node", placeholders: frozenset[str]) -> Iterator[str]:
    """Yield what is not allowed: other tags and expressions than these, and unknown placeholders."""
    from jinja2 import nodes  # noqa: PLC0415 - loaded on first use

    allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)
    for node in (tree, *tree.find_all(nodes.Node)):
        line = getattr(node, "lineno", 1)
        if not isinstance(node, allowed):
            yield f"line {line}: only {{{{ placeholders }}}} and {{% if placeholder %}} can be used."
        if isinstance(node, nodes.Name) and node.name not in placeholders:
            known = ", ".join(sorted(placeholders))
            yield f"line {line}: there is no placeholder {node.name[:40]!r}; there are {known}."


@lru_cache(128)
def _compiled(source: str) -> "Template":
    return _environment().from_string(source)


@cache
def _environment() -> "SandboxedEnvironment":
    from jinja2 import StrictUndefined  # noqa: PLC0415 - a cold start that sends no mail does not need it
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    options: dict[str, Any] = {"autoescape": False, "undefined": StrictUndefined, "keep_trailing_newline": True}
    return SandboxedEnvironment(**options)  # plain text is not escaped; `html_of` escapes


def _paragraph(part: str) -> str:
    lines = part.strip("\n")
    if _QUOTED.fullmatch(lines):
        quoted = "<br>".join(line.removeprefix("&gt; ") for line in lines.splitlines())
        return f"<blockquote>{quoted}</blockquote>"
    return f"<p>{lines.replace(chr(10), '<br>')}</p>"
