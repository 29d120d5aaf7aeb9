"""Collects the problems of an input, so that one error reports all of them by path."""

from souk.values.errors import Unprocessable

_MAX_REPORTED = 10


class Problems:
    """The problems of an input. `root` is the argument that its paths begin with."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._problems: list[dict[str, str]] = []

    def add(self, path: str, message: str) -> None:
        """Add a problem at a path of the input; "" is the argument itself."""
        self._problems.append({"path": f"{self._root}.{path}" if path else self._root, "message": message})

    def raise_if_any(self) -> None:
        """Raise Unprocessable with all problems, in the format of the binder."""
        if self._problems:
            fields = self._problems[:_MAX_REPORTED]
            raise Unprocessable("; ".join(f"{each['path']}: {each['message']}" for each in fields), fields=fields)
