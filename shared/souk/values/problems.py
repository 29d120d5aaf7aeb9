"""Collecting what is wrong with a request, so that one answer names all of it by path."""

from souk.values.errors import Unprocessable

_MAX_REPORTED = 10


class Problems:
    """What was found wrong, by the path of the input that is; `root` is the argument that the paths begin at."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._found: list[dict[str, str]] = []

    def add(self, path: str, message: str) -> None:
        """Note that something at a path of the request breaks a rule; "" is the argument itself."""
        self._found.append({"path": f"{self._root}.{path}" if path else self._root, "message": message})

    def raise_if_any(self) -> None:
        """Raise Unprocessable that says everything that was noted, in the binder's form."""
        if self._found:
            reported = self._found[:_MAX_REPORTED]
            raise Unprocessable("; ".join(f"{one['path']}: {one['message']}" for one in reported), fields=reported)
