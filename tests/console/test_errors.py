"""What people read of the errors of the API."""

import pytest

from souk.console.graph import ApiError


@pytest.mark.parametrize(
    ("message", "shown", "fields"),
    [
        ("input.confirmEmail: type your address.", "Type your address.", {"input.confirmEmail": "Type your address."}),
        ("organizationIds: at most 5 ids.", "At most 5 ids.", {}),
        ("Use `https`, such as `https://a.example`.", "Use https, such as https://a.example.", {}),
        ("To create a key, add to your profile: a name.", "To create a key, add to your profile: a name.", {}),
        ("", "", {}),
    ],
)
def test_message_has_no_path(message: str, shown: str, fields: dict[str, str]) -> None:
    error = ApiError.of({"message": message, "extensions": {"code": "CONFLICT"}})
    assert (error.code, error.message, error.fields) == ("CONFLICT", shown, fields)


def test_messages_of_fields_make_the_message() -> None:
    fields = [{"path": "input.name", "message": "is empty."}, {"path": "input.urls.0", "message": "Use https."}]
    error = ApiError.of(
        {"message": "input.name: is empty.; input.urls.0: Use https.", "extensions": {"fields": fields}}
    )
    assert error.message == "Is empty. Use https."
    assert error.fields == {"input.name": "Is empty.", "input.urls.0": "Use https."}
