"""Collects the problems of an input, so that one error reports all of them by path."""

from souk.values.errors import Unprocessable

_MAX_REPORTED = 10


class Problems:
    """The problems of an input. `root` is the argument that its paths begin with."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._problems: list[dict[str, str]] = []
        self._missing: list[str] = []

    def add(self, path: str, message: str, *, missing: bool = False) -> None:
        """Add a problem at a path of the input; "" is the argument itself. `missing` says that a value is required."""
        full = f"{self._root}.{path}" if path else self._root
        self._problems.append({"path": full, "message": message})
        if missing:
            self._missing.append(full)

    def below(self, path: str) -> "Problems":
        """Return problems whose paths are below a path of this input. They are added to these."""
        inner = Problems(f"{self._root}.{path}")
        inner._problems, inner._missing = self._problems, self._missing
        return inner

    def raise_if_any(self) -> None:
        """Raise Unprocessable with all problems, in the format of the binder."""
        if self._problems:
            fields = self._problems[:_MAX_REPORTED]
            message = "; ".join(f"{each['path']}: {each['message']}" for each in fields)
            raise Unprocessable(message, fields=fields, **({"missing": self._missing} if self._missing else {}))
