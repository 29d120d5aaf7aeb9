"""Errors of the account pages. The pages show their messages."""

from souk.values.errors import Forbidden, SoukError, Unprocessable
from souk.web.translations import Text


class FormError(Unprocessable):
    """A form has invalid fields."""

    def __init__(self, message: str, field: str = "") -> None:
        """`field` is the name of the invalid field; "" for the form as a whole."""
        super().__init__(message)
        self.fields = {field: message}

    @classmethod
    def for_fields(cls, fields: dict[str, str]) -> "FormError":
        """Return one error for several fields, with a message for each."""
        error = cls(Text("Please correct the form."))
        error.fields = fields
        return error


class ProofExpired(FormError):
    """The person confirmed their identity too long ago to change their account."""

    def __init__(self) -> None:
        super().__init__(Text("This took too long. Please confirm that it is you again."))


class TooManyAttempts(SoukError):
    """The directory's rate limit was reached, by this person or by the whole deployment."""

    code = "TOO_MANY_REQUESTS"

    def __init__(self) -> None:
        super().__init__(Text("Too many attempts. Wait a few minutes, then try again."))


class StaleForm(Forbidden):
    """A form was issued to another browser, or has expired. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            Text("This page has expired or belongs to another browser. Nothing was changed. Please start again.")
        )
