"""The domain of operators owns no keys. It changes people, organizations and the audit trail."""

from typing import Final

WRITES: Final = ()
"""The prefixes of the partition keys that this domain owns."""
