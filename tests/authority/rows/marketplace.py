"""The marketplace: everybody sees its brand and its rules, operators change them, and people accept its terms."""

from tests.authority.row import Row, changes_own, common, refused
from tests.authority.world import OPERATOR

_PUBLIC = """{ name tagline description logoUrl accentColor supportEmail supportUrl termsUrl privacyUrl termsVersion
  languages currencies clientFeeRate vendorFeeRate signUpOpen poweredBy }"""
_SETTINGS = f"""{{ marketplace {_PUBLIC} apiKeyReview profileReview requireTerms requestsPerDay
  deployment {{ name value source }} version modifiedDateTime modifiedBy {{ id }} }}"""
_TEMPLATE = "{ id language title subject text placeholders changed modifiedDateTime }"


def _operators(field: str, document: str, shows: str) -> Row:
    return Row(field=field, document=document, shows=shows, strangers=refused("FORBIDDEN"), owner=OPERATOR)


ROWS = (
    Row(
        field="Query.marketplace", document=f"{{ marketplace {_PUBLIC} }}", shows="example.com/terms", strangers=common
    ),
    _operators("Query.marketplaceSettings", f"{{ marketplaceSettings {_SETTINGS} }}", '"requestsPerDay":40000'),
    _operators(
        "Mutation.updateMarketplaceSettings",
        f"""mutation {{ updateMarketplaceSettings(input: {{version: 1, name: "Bazaar", reason: "Founded"}})
          {_SETTINGS} }}""",
        '"name":"Bazaar"',
    ),
    _operators(
        "Query.mailPreview",
        'query { mailPreview(input: {id: "reset", subject: "A code", text: "{{ code }}"}) { subject text } }',
        '"subject":"A code"',
    ),
    _operators("Query.mailTemplates", f"{{ mailTemplates {_TEMPLATE} }}", '"id":"confirm"'),
    _operators(
        "Mutation.updateMailTemplate",
        f"""mutation {{ updateMailTemplate(input: {{id: "reset", language: "en", subject: "A code",
          text: "It is {{{{ code }}}}."}}) {_TEMPLATE} }}""",
        '"subject":"A code"',
    ),
    _operators(
        "Mutation.resetMailTemplate", f'mutation {{ resetMailTemplate(id: "reset") {_TEMPLATE} }}', '"changed":false'
    ),
    _operators("Mutation.sendTestMail", 'mutation { sendTestMail(templateId: "reset") }', "true"),
    _operators(
        "Mutation.createDirectUploadLinkForBrandLogo",
        """mutation { createDirectUploadLinkForBrandLogo(input: {fileName: "logo.png", contentType: "image/png"}) {
          id uploadUrl formKeyValues { key value } } }""",
        "uploads/",
    ),
    Row(
        field="Mutation.acceptTerms",
        document='mutation { acceptTerms(version: "2026-1") { termsVersion termsToAccept } }',
        shows='"termsVersion":"2026-1"',
        strangers=changes_own,
        roleless=changes_own,
    ),
)
