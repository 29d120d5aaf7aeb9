"""The README of a person's copy. Pure."""

from collections.abc import Iterable, Mapping

_TEXT = """\
Your personal data
==================

Account {user_id}, as of {date}.

Each file has one record on each line, as JSON (https://jsonlines.org). Amounts are in the smallest unit of their
currency, times in ISO 8601, UTC. People and organizations are named by their ids.

{files}
Not in this copy: secrets (passwords, keys, tokens), which are stored as hashes or not at all; and the content of the
files that you uploaded, which you can download where you attached them.
"""


def readme(user_id: str, date: str, files: Iterable[tuple[str, str]], rows: Mapping[str, int]) -> str:
    """Return the text. `files` are the names and descriptions of the files, `rows` the numbers of their records."""
    listed = "".join(f"{name}.jsonl ({rows.get(name, 0)})\n    {about}\n" for name, about in files)
    return _TEXT.format(user_id=user_id, date=date, files=listed)
