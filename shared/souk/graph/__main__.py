"""`python -m souk.graph OUTPUT` writes the assembled schema, as the Lambda layer ships it."""

import pickle
import sys
from pathlib import Path

from souk.graph.assembly import assemble

Path(sys.argv[1]).write_bytes(pickle.dumps(tuple(assemble()), protocol=pickle.HIGHEST_PROTOCOL))
