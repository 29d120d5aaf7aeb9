"""The adapter for OpenSearch, a search engine on a cluster of its own.

The functions send requests to it and keep nothing on their disks. The cluster has the generations of each index
(`generations.py`), and in each the documents' words and values, but not the documents (`mapping.py`).

Every request names its index in its path, so that IAM can grant each function those that it may use. That is why there
are no points in time: searches in them name no index.
"""

from souk.search.opensearch.client import Client
from souk.search.opensearch.generations import index_state
from souk.search.opensearch.reader import OpenSearchReader
from souk.search.opensearch.writer import OpenSearchWriter

__all__ = ["Client", "OpenSearchReader", "OpenSearchWriter", "index_state"]
