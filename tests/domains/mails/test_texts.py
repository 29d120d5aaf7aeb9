"""The texts of mails: operators replace them, and nothing but placeholders and `if` is read in them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.rules.folder import check_folder
from souk.domains.mails.rules.texts import ENGLISH, MailText, check, html_of, render, shipped
from souk.runtime import mail
from souk.values.errors import Unprocessable
from souk.web.translations import catalogs
from tests.domains.marketplace.conftest import House
from tests.support.api import Souk

UPDATE = """mutation ($input: UpdateMailTemplateInput!) { updateMailTemplate(input: $input) {
  id language title subject text placeholders changed modifiedDateTime } }"""
COMMON = {"marketplace": "Bazaar", "support": "help@bazaar.test"}


@pytest.fixture
def house(souk: Souk) -> House:
    return House(souk)


@pytest.mark.parametrize("language", sorted(catalogs()))
@pytest.mark.parametrize("template", MailTemplate)
def test_delivered_text_shows_each_value_unchanged(template: MailTemplate, language: str) -> None:
    own, info = shipped(template, language), CATALOG[template]
    assert own is not None, f"add shared/souk/domains/mails/templates/{language}/{template}.txt"
    check(own, info)
    values = {name: f"{{{{ marketplace }}}} {name}" for name in info.examples}
    written = "\n".join(render(own, values | COMMON))
    conditions = {"joined"}
    assert [name for name in info.examples if name not in conditions and values[name] not in written] == []
    assert "Souk" not in written
    assert "{%" not in written


@pytest.mark.parametrize(
    "text",
    [
        "{{ password }}",
        "{{ code.__class__ }}",
        "{{ code | upper }}",
        "{{ code() }}",
        "{{ 7 * 7 }}",
        "{{ 'x' }}",
        "{{ [1, 2] }}",
        "{% for one in code %}x{% endfor %}",
        "{% set code = 1 %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% raw %}{% endraw %}{{ unknown }}",
        "{% if code == 'x' %}{% endif %}",
        "{{ code",
        "{% if code %}",
        " ",
        "x" * 10_001,
    ],
)
def test_anything_but_placeholders_and_if_is_refused(text: str) -> None:
    with pytest.raises(Unprocessable, match=r"^input\.(text|subject): "):
        check(MailText("Your code", f"{{{{ code }}}} {text}" if len(text.strip()) in range(1, 100) else text), _CONFIRM)


_CONFIRM = CATALOG[MailTemplate.CONFIRM]


def test_mail_of_a_code_needs_the_code() -> None:
    with pytest.raises(Unprocessable, match=r"input.text: this mail needs {{ code }}"):
        check(MailText("Your code {{ code }}", "Hello"), _CONFIRM)
    check(MailText("Hello", "{% if not support %}{{ code }}{% else %}{{ code }} {{ support }}{% endif %}"), _CONFIRM)


@given(st.text(max_size=60), st.text(max_size=200))
def test_html_escapes_markup(name: str, message: str) -> None:
    link = "https://souk.test/account/invitation?token=x&y"
    written = html_of(f"{name} invites you.\n\n> {message}\n\nTo accept, open {link}", link)
    tags = re.findall(r"<[^>]*>", written)
    assert {tag.split()[0].strip("</>") for tag in tags} <= {"p", "blockquote", "a", "br"}
    assert written.count("<a ") == written.count('href="https://souk.test/account/invitation?token=x&amp;y"')


def test_folder_of_a_deployment_is_checked(tmp_path: Path) -> None:
    (tmp_path / "pt").mkdir()
    (tmp_path / "pt" / "confirm.txt").write_text("O seu código\n\n{{ code }}\n")
    check_folder(tmp_path)
    (tmp_path / "pt" / "reset.txt").write_text("Olá\n\n{{ kode }}\n")
    with pytest.raises(ValueError, match=r"reset.txt: text: line 1: there is no placeholder 'kode'"):
        check_folder(tmp_path)
    (tmp_path / "pt" / "reset.txt").rename(tmp_path / "welcome.txt")
    with pytest.raises(ValueError, match=r"welcome.txt is not a mail"):
        check_folder(tmp_path)


def test_operators_replace_preview_and_restore_a_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(mail, "send", lambda *content, sender: sent.append((*content, sender)))
    house.set(name="Bazaar")
    new = {"id": "confirm", "language": "en", "subject": "Hi from {{ marketplace }}", "text": "Code: {{ code }}"}
    changed = house.ada.call(UPDATE, {"input": new | {"reason": "Our tone"}}).data["updateMailTemplate"]
    assert (changed["changed"], changed["subject"], changed["text"]) == (True, new["subject"], "Code: {{ code }}\n")
    assert changed["placeholders"] == ["code", "marketplace", "support"]
    assert house.ada.call('mutation { sendTestMail(templateId: "confirm") }').data == {"sendTestMail": True}
    assert sent == [("ada@example.com", "Hi from Bazaar", "Code: 123456\n", "Bazaar")]
    listed = house.ada.call("{ mailTemplates { id language changed text } }").data["mailTemplates"]
    assert [one["id"] for one in listed if one["changed"]] == ["confirm"]
    restored = house.ada.call('mutation { resetMailTemplate(id: "confirm") { changed text } }').data
    delivered = shipped(MailTemplate.CONFIRM, ENGLISH)
    assert delivered
    assert restored == {"resetMailTemplate": {"changed": False, "text": delivered.text}}
    assert [one.action for one in house.trail()] == [
        "updateMarketplaceSettings",
        "updateMailTemplate",
        "sendTestMail",
        "resetMailTemplate",
    ]
    unknown = house.ada.call(UPDATE, {"input": new | {"text": "{{ code }} {{ unknown }}"}})
    assert unknown.code == "UNPROCESSABLE_CONTENT"
    assert "there is no placeholder 'unknown'" in unknown.error["message"]
    assert house.ada.call(UPDATE, {"input": new | {"language": "fr"}}).code == "UNPROCESSABLE_CONTENT"
    assert house.ada.call(UPDATE, {"input": new | {"id": "welcome"}}).code == "NOT_FOUND"
    assert house.olivia.call(UPDATE, {"input": new}).code == "FORBIDDEN"
