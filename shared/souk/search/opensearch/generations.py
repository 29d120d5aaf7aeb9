"""The generations of one index in a cluster.

Each generation is an index of the cluster with a name that no other has, such as `jobs-<generation>`. Aliases, which
the cluster changes atomically, say what it is:

- `jobs` leads to the generation that is searched.
- `jobs-build` leads to the one that a rebuild is making. The end of the rebuild replaces this alias by `jobs`. If it is
  gone, another process has ended the rebuild.
- `jobs-write-<generation>` leads to a generation for as long as it exists. Documents are written by it, because the
  cluster would make an index that is gone again.

Whoever makes a generation looks again afterwards. If another process has made one too, it withdraws its own. So one
rebuild runs at a time, without a lock that could be left behind. The facts about a generation are kept with its index
(`_meta`). Times are in seconds since 1970.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from souk.search.opensearch.client import Client, Missing
from souk.search.opensearch.mapping import fields_in, index_body
from souk.search.port import IndexState
from souk.search.schema import Field, IndexSchema
from souk.values.clock import Clock
from souk.values.errors import Conflict

_STALLED_SECONDS: Final = 300
"""A rebuild without progress for this time is dead. The indexer's function ends after two minutes."""
_ABANDONED_SECONDS: Final = 24 * 3600
"""A rebuild that has not ended after this time is given up. Changes are then no longer written to it."""
_GRACE_SECONDS: Final = 600
"""How long the generation is kept that was searched before, for searches that have begun."""
_ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation."""

    index: str
    aliases: frozenset[str]
    facts: Mapping[str, Any]
    """What is kept with it: its name, its fields, and its times."""

    @property
    def name(self) -> str:
        """The name of the generation, which begins with the fingerprint of its schema."""
        name: str = self.facts["generation"]
        return name

    @property
    def changed_at(self) -> float:
        """When a rebuild has last added something, or has begun or ended."""
        at: float = self.facts["changedAt"]
        return at

    def fields(self, schema: IndexSchema) -> tuple[Field, ...]:
        """Return the fields of a schema that it has."""
        return fields_in(schema, self.facts)


@dataclass(frozen=True, slots=True)
class State:
    """The generations of an index."""

    searched: Sequence[Generation]
    """The one that is searched. For a moment there can be two, of processes that have made the first one at once."""
    builds: Sequence[Generation]
    """The one that a rebuild is making. For a moment there can be two here, too."""
    unused: Sequence[Generation]

    @property
    def current(self) -> Generation | None:
        """The one that is searched, if there is one."""
        return self.searched[0] if self.searched else None

    @property
    def written(self) -> tuple[Generation, ...]:
        """Those that changes are written to."""
        return (*self.searched, *self.builds)


class Generations:
    """Reads and changes the generations of an index."""

    def __init__(self, schema: IndexSchema, client: Client, clock: Clock) -> None:
        self._schema = schema
        self._client = client
        self._clock = clock
        self._searched, self._building = schema.name, build_alias(schema.name)

    def read(self) -> State:
        """Return the generations."""
        known = self._client.call("GET", f"/{self._schema.name}-*", filter_path="*.aliases,*.mappings._meta")
        found = [
            Generation(index, frozenset(described.get("aliases", ())), described["mappings"]["_meta"])
            for index, described in sorted(known.items())
        ]
        searched = [one for one in found if self._searched in one.aliases]
        builds = [one for one in found if self._building in one.aliases]
        unused = [one for one in found if not one.aliases & {self._searched, self._building}]
        return State(searched, builds, unused)

    def ready(self) -> State:
        """Return the generations of an index that has one to write to. Deletes those that are no longer needed."""
        for _ in range(_ATTEMPTS):
            state = self.read()
            for build in state.builds:
                if build.facts["begunAt"] < self._now - _ABANDONED_SECONDS:
                    self._discard(build)
            if state.current is None:
                self._make(self._searched)
                continue
            if state.current.changed_at < self._now - _GRACE_SECONDS:
                for one in state.unused:
                    self._delete(one.index)
            return state
        raise Conflict(f"Other processes are making the index {self._schema.name}. Try again.")

    def begin(self) -> str:
        """Begin a rebuild and return the name of its generation. Raises Conflict if another one is running."""
        for build in self.ready().builds:
            if build.changed_at > self._now - _STALLED_SECONDS:
                raise self._running
            self._discard(build)
        generation = self._make(self._building)
        if generation is None:
            raise self._running
        return generation

    def require_build(self, generation: str) -> Generation:
        """Return the generation that is being made. Raises Conflict if it is another one, or has another schema."""
        builds = [one for one in self.read().builds if one.name == generation]
        if not builds:
            raise self._ended
        if not generation.startswith(f"{self._schema.fingerprint}-"):
            raise Conflict(
                f"A version with another schema of the index {self._schema.name} has been deployed since the rebuild "
                "began. Start again."
            )
        return builds[0]

    def touch(self, build: Generation) -> None:
        """Record that a rebuild is making progress. Raises Conflict if its generation is gone."""
        facts = {**build.facts, "changedAt": self._now}
        try:
            self._client.call("PUT", f"/{build.index}/_mapping", {"_meta": facts})
        except Missing:
            raise self._ended from None

    def finish(self, generation: str) -> None:
        """Lead searches to a rebuild's generation. Raises Conflict if the rebuild is no longer running."""
        state = self.read()
        if any(one.name == generation for one in state.searched):
            return
        build = self.require_build(generation)
        self.touch(build)  # the time from which the one before is unused
        before = [
            {"remove": {"index": one.index, "alias": self._searched, "must_exist": True}} for one in state.searched
        ]
        built = {"remove": {"index": build.index, "alias": self._building, "must_exist": True}}
        self._change_aliases(built, *before, {"add": {"index": build.index, "alias": self._searched}})

    def abandon(self, generation: str) -> None:
        """End a rebuild without a result. Does nothing if it is no longer running."""
        for build in self.read().builds:
            if build.name == generation:
                self._discard(build)

    @property
    def _now(self) -> float:
        return self._clock.real().timestamp()

    @property
    def _running(self) -> Conflict:
        return Conflict(
            f"A rebuild of the index {self._schema.name} is already running. Wait until it has ended. "
            f"If it has been interrupted, try again in {_STALLED_SECONDS // 60} minutes."
        )

    @property
    def _ended(self) -> Conflict:
        return Conflict(f"This rebuild of the index {self._schema.name} has been ended or replaced by another one.")

    def _make(self, alias: str) -> str | None:
        """Make a generation with an alias and return its name, or None if another process has made one too."""
        name, generation = self._schema.name, f"{self._schema.fingerprint}-{uuid4().hex[:12]}"
        body = index_body(self._schema, {"generation": generation, "begunAt": self._now, "changedAt": self._now})
        body["aliases"] = {alias: {}, write_alias(name, generation): {}}
        self._client.call("PUT", f"/{name}-{generation}", body)
        state = self.read()
        if len(state.searched if alias == self._searched else state.builds) == 1:
            return generation
        self._delete(f"{name}-{generation}")
        return None

    def _discard(self, build: Generation) -> None:
        """Delete the generation of a rebuild, unless the rebuild ends at this moment."""
        with suppress(Conflict):
            self._change_aliases({"remove": {"index": build.index, "alias": self._building, "must_exist": True}})
            self._delete(build.index)

    def _change_aliases(self, *actions: Mapping[str, Any]) -> None:
        """Change aliases, all or none. Raises Conflict if one that is to be removed is gone."""
        try:
            self._client.call("POST", "/_aliases", {"actions": actions})
        except Missing:
            raise self._ended from None

    def _delete(self, index: str) -> None:
        with suppress(Missing):  # another process was faster
            self._client.call("DELETE", f"/{index}")


def build_alias(name: str) -> str:
    """Return the alias of the generation that a rebuild is making."""
    return f"{name}-build"


def write_alias(name: str, generation: str) -> str:
    """Return the alias by which documents are written into a generation."""
    return f"{name}-write-{generation}"


def index_state(name: str, client: Client) -> IndexState:
    """Return what is known about an index. Needs no permission to search it. Raises Unavailable."""
    rebuilding = bool(_indexes_of(build_alias(name), client))
    searched = _indexes_of(name, client)
    if not searched:
        return IndexState(rebuilding=rebuilding)
    documents = client.call("GET", f"/{name}/_count")["count"]
    return IndexState(searched[0].removeprefix(f"{name}-"), documents, rebuilding)


def _indexes_of(alias: str, client: Client) -> list[str]:
    try:
        return sorted(client.call("GET", f"/{alias}/_alias"))
    except Missing:
        return []
