"""Lists of content for operators. Each domain declares how its content is found (`ContentLists`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from souk.domains.moderation.model import Content, ContentKind, Item
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection, connection_in_memory
from souk.graph.searches import find_page
from souk.search import Search, SearchReader
from souk.search import text as words
from souk.storage import Entity, Input, OwnedList, StoredList, View
from souk.values.errors import Unprocessable
from souk.values.ids import Id

E = TypeVar("E", bound=Entity)
T = TypeVar("T")
MAX_IDS: Final = 100


class ModerationFilter(Input):
    """The contract's ModerationFilter. All conditions must hold; an empty list is ignored."""

    kind_eq: ContentKind
    search_expression_eq: str | None = None
    id_any: tuple[str, ...] | None = None
    """Ids of gigs are not numbers."""
    organization_id_eq: Id | None = None
    taken_down_eq: bool | None = None


@dataclass(frozen=True, slots=True)
class ContentLists(Generic[E, T]):
    """How content of one kind is listed. `E` is the stored entity, and `T` what `Content.describe` takes."""

    content: Content[T]
    taken_down: StoredList[E]
    """The content that is taken down, the latest takedown first."""
    complete: Callable[[Context, list[E]], list[T]]
    """Returns stored entities with what describing them needs, in the same order."""
    load: Callable[[Context, list[str]], list[T]]
    """Returns the content with these ids, without unknown ones."""
    of_organization: Callable[[Context, str], OwnedList[E] | list[T]]
    """Returns the content of an organization: a list in the table, newest first, or all of it."""
    search: Callable[[str], tuple[SearchReader, Search]]
    """Returns the search for an expression, newest first."""
    found: Callable[[Context, list[str]], dict[str, T]]
    """Returns the results of the search, by their ids in the index."""


def moderation_items(
    ctx: Context, lists: ContentLists[Any, Any], wanted: ModerationFilter, pagination: Pagination | None
) -> Connection:
    """Return a page of content, newest first.

    Without ids, organization and `takenDown: true` it is the content that can be found on the market. Raises
    Unprocessable for more than 100 ids.
    """
    bound_to = ["moderationItems", ctx.principal.user_id, wanted.model_dump(mode="json")]
    conditions = list(_conditions(lists, wanted))

    def accepts(one: Any) -> bool:
        return all(holds(one) for holds in conditions)

    def described(found: Sequence[Any]) -> list[Item]:
        return [lists.content.describe(one) for one in found]

    def in_memory(found: Sequence[Any]) -> Connection:
        items = described([one for one in found if accepts(one)])
        items.sort(key=lambda one: (one.created, one.id), reverse=True)
        return connection_in_memory(ctx.cursors, bound_to, items, pagination)

    def stored(listed: OwnedList[Any]) -> Connection:
        view: View[Any, Any] = View(rows=lambda found: lists.complete(ctx, found), row_conditions=[accepts])
        return connection(ctx.cursors, listed, view, pagination, bound_to=bound_to, nodes=described)

    if wanted.id_any:
        if len(wanted.id_any) > MAX_IDS:
            raise Unprocessable(f"filter.id_any: must have at most {MAX_IDS} ids.")
        return in_memory(lists.load(ctx, list(dict.fromkeys(wanted.id_any))))
    if wanted.taken_down_eq:
        return stored(lists.taken_down.of(ctx.table))
    if wanted.organization_id_eq is not None:
        own = lists.of_organization(ctx, wanted.organization_id_eq)
        return stored(own) if isinstance(own, OwnedList) else in_memory(own)
    reader, search = lists.search(wanted.search_expression_eq or "")
    found = find_page(ctx.cursors, bound_to, reader, search, pagination)
    return found.connection(
        {id_: lists.content.describe(one) for id_, one in lists.found(ctx, list(found.ids)).items()}
    )


def _conditions(lists: ContentLists[Any, Any], wanted: ModerationFilter) -> Sequence[Callable[[Any], bool]]:
    """Return the conditions on content that was not found by searching for it."""
    found: list[Callable[[Any], bool]] = []
    describe = lists.content.describe
    if (down := wanted.taken_down_eq) is not None:
        found.append(lambda one: (describe(one).takedown is not None) is down)
    if (organization := wanted.organization_id_eq) is not None:
        found.append(lambda one: organization in (describe(one).owner_id, *describe(one).concerns))
    if (expression := wanted.search_expression_eq) and (asked := set(words.tokens(expression))):
        found.append(lambda one: asked <= set(words.tokens(lists.content.words(one))))
    return found
