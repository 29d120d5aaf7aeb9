"""An offer's answers to custom fields: in requests, and as an earlier release stored them. Pure."""

from collections.abc import Iterable

from souk.domains.customfields.model import Answer, AnswerSheet, Owner
from souk.domains.customfields.rules.answering import Given
from souk.domains.offers.inputs import CustomField
from souk.domains.offers.model import Offer


def given(fields: Iterable[CustomField | None] | None) -> list[Given]:
    """Return the answers of a request. A key that names no custom field is a note of the client."""
    return [
        Given(path=str(at), field_id=one.key, value=one.value, noted=True)
        for at, one in enumerate(fields or ())
        if one is not None
    ]


def sheet(offer: Offer) -> AnswerSheet:
    """Return an offer without answers, or with those that an earlier release stored in it.

    That release had no custom fields, so these are notes.
    """
    return AnswerSheet(
        owner=Owner.OFFER,
        owner_id=offer.id,
        company_id=offer.parties.client_company_id,
        created=offer.created,
        contract_id=offer.contract_id,
        answers=tuple(
            Answer(
                id=one.id,
                label=one.key,
                value=one.value,
                creator_id=offer.parties.client_user_id,
                created=offer.created,
            )
            for one in offer.custom_fields
        ),
    )
