"""An index that is shared through S3. One function publishes it, and readers follow within about a second.

The prefix `search/<index>/` contains:

- `current`: the pointer (`pointer.py`). It names the generation that is searched, and contains tantivy's `meta.json`,
  which lists the segments and so the files. A change becomes visible when the pointer is replaced.
- `<generation>/files/<name>`: the files of a generation's segments. They never change, and a new file always has a new
  name.
- `<generation>/current` and `<generation>/journal/`: the state of a generation that a rebuild is making, and the
  changes that it has to repeat (`rebuild.py`).

A writer changes a copy on its own disk and uploads the new files. It then replaces the pointer on the condition that
nobody else has replaced it (`If-Match`, `If-None-Match`). Of two concurrent writers, only one succeeds. The other
downloads the new state, reads its documents again and applies them to that.

A generation keeps the schema that it was made with. A version of Souk with another schema uses the fields that both
have (`souk.search.subset`) until a rebuild has made a generation with its own.

Readers request the pointer with its ETag at most once a second, and download missing files beside the searches. Files
and generations that the pointer no longer uses are kept for ten minutes, for readers that are still downloading them.
"""

from souk.search.snapshot.objects import read_pointer
from souk.search.snapshot.pointer import Pointer
from souk.search.snapshot.reader import SnapshotReader
from souk.search.snapshot.writer import SnapshotWriter

__all__ = ["Pointer", "SnapshotReader", "SnapshotWriter", "read_pointer"]
