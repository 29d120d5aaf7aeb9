"""Uploads: callers get links for their own organization, and can confirm only its files."""

from tests.authority.contracts import WORKING
from tests.authority.fixtures import SKETCH
from tests.authority.row import Row, own, refused, sees
from tests.authority.world import INVITED, MANAGER

_LINK = """mutation ($input: CreateDirectUploadLinkInput!) {{
  {field}(input: $input) {{ id uploadUrl formKeyValues {{ key value }} }}
}}"""
_INPUT = {"input": {"fileName": "plan.pdf", "metaData": "mine"}}
_PICTURE = {"input": {"fileName": "me.png", "contentType": "image/png"}}


def _link(field: str) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=_LINK.format(field=field),
        variables=_INPUT,
        shows="uploads/7002/",
        strangers=own,
        roleless=refused("FORBIDDEN"),
        owner=MANAGER,
    )


ROWS = (
    _link("createDirectUploadLinkForJobPosting"),
    _link("createDirectUploadLinkForJAClientProposal"),
    Row(
        field="Mutation.createDirectUploadLinkForPortrait",
        document=_LINK.format(field="createDirectUploadLinkForPortrait"),
        variables=_PICTURE,
        shows="uploads/7001/",
        strangers=own,  # everybody has a portrait of their own
    ),
    Row(
        field="Mutation.createDirectUploadLinkForPortfolio",
        document=_LINK.format(field="createDirectUploadLinkForPortfolio"),
        variables=_INPUT,
        shows="uploads/7001/",
        strangers=own,  # everybody can have a portfolio
    ),
    Row(
        field="Mutation.createDirectUploadLinkForRoom",
        document=_LINK.format(field="createDirectUploadLinkForRoom"),
        variables={"input": {"fileName": "plan.pdf"}},
        shows="uploads/7001/",
        strangers=own,
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.createDirectUploadLinkForSnapshot",
        document="""mutation ($id: ID!, $input: CreateDirectUploadLinkInput!) {
          createDirectUploadLinkForSnapshot(contractId: $id, input: $input) { id formKeyValues { key value } } }""",
        variables={"id": WORKING, "input": {"fileName": "screen.png", "contentType": "image/png"}},
        shows="uploads/private/",
        strangers=refused("NOT_FOUND"),
        owner=INVITED,
    ),
    Row(
        field="Mutation.createDirectUploadLinkForLogo",
        document=_LINK.format(field="createDirectUploadLinkForLogo"),
        variables=_PICTURE,
        shows="uploads/7001/",
        strangers=own,
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.createDirectUploadLinkForWorkflow",
        document=_LINK.format(field="createDirectUploadLinkForWorkflow"),
        variables={"input": {"fileName": "signed.pdf"}},
        shows="uploads/7001/",
        strangers=own,
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.createDirectUploadLinkForTalentCloud",
        document=_LINK.format(field="createDirectUploadLinkForTalentCloud"),
        variables=_INPUT,
        shows="uploads/7001/",
        strangers=own,
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    ),
    Row(
        field="Mutation.confirmFiles",
        document="mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids, skipMissing: true) }",
        variables={"ids": [SKETCH]},
        shows='"confirmFiles":true',
        strangers=sees(value=False),
    ),
    Row(
        field="Mutation.confirmFiles",
        about="strictly",
        document="mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids, skipMissing: false) }",
        variables={"ids": [SKETCH]},
        shows='"confirmFiles":true',
        strangers=refused("NOT_FOUND"),
    ),
)
