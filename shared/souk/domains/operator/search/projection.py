"""The search indexes of operators."""

from typing import Final

from souk.domains.operator.search import organizations, people

SEARCH_INDEXES: Final = (people.SEARCH_INDEX, organizations.SEARCH_INDEX)
