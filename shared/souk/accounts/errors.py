"""What goes wrong on the pages: each error knows how a page says it."""

from souk.values.errors import Forbidden, SoukError, Unprocessable


class Invalid(Unprocessable):
    """Fields of a form that cannot be taken as they are."""

    def __init__(self, message: str, field: str = "") -> None:
        """`field` is the name of the field that the message is about; "" for the form as a whole."""
        super().__init__(message)
        self.fields = {field: message}

    @classmethod
    def several(cls, fields: dict[str, str]) -> "Invalid":
        """Return one error for several fields, each with its message."""
        invalid = cls("There is something to correct.")
        invalid.fields = fields
        return invalid


class ProofOver(Invalid):
    """Somebody proved who they are too long ago for a change to their account."""

    def __init__(self) -> None:
        super().__init__("This took too long. Please confirm again that it is you.")


class TryLater(SoukError):
    """The directory of people has been asked too much, by this person or by all."""

    code = "TOO_MANY_REQUESTS"

    def __init__(self) -> None:
        super().__init__("There have been too many attempts. Wait a few minutes, then try again.")


class Stale(Forbidden):
    """A form that is not of this browser, or was open for too long: nothing was done."""

    def __init__(self) -> None:
        super().__init__("This page was open for too long, or was not yours. Nothing was changed. Please start again.")
