"""Title, category and tags."""

from typing import Any, Final

from souk.domains.gigs.inputs import OverviewInput
from souk.domains.gigs.model import Tag
from souk.domains.reference import ontology
from souk.values import texts
from souk.values.problems import Problems

MAX_TITLE: Final = 120
"""Characters."""
MAX_TAGS: Final = 15
MAX_TAG: Final = 40
"""Characters."""
_MAX_ID: Final = 64


def checked(wanted: OverviewInput) -> dict[str, Any]:
    """Return what an overview changes of a gig; tags that are left out stay, and null takes them away.

    Raises Unprocessable that names everything that is wrong.
    """
    problems = Problems("input")
    changes: dict[str, Any] = {
        "title": texts.line(problems, "title", wanted.title, 1, MAX_TITLE),
        "category_id": wanted.parent_category_id,
        "subcategory_id": wanted.subcategory_id,
    }
    _check_category(problems, wanted)
    if "tags" in wanted.model_fields_set:
        changes["tags"] = _tags(problems, wanted)
    problems.raise_if_any()
    return changes


def _check_category(problems: Problems, wanted: OverviewInput) -> None:
    category = ontology.category(wanted.parent_category_id)
    if category is None:
        problems.add("parentCategoryId", "the id of a category of the ontology.")
    elif wanted.subcategory_id not in {one.id for one in category.subcategories}:
        problems.add("subcategoryId", f"the id of a subcategory of {category.preferred_label}.")


def _tags(problems: Problems, wanted: OverviewInput) -> tuple[Tag, ...]:
    tags = wanted.tags or ()
    if len(tags) > MAX_TAGS:
        problems.add("tags", f"{MAX_TAGS} are the limit; these are {len(tags)}.")
        return ()
    if len({tag.id for tag in tags}) < len(tags):
        problems.add("tags", "each tag has an id of its own.")
    return tuple(
        Tag(
            id=texts.line(problems, f"tags.{at}.id", tag.id, 1, _MAX_ID),
            text=texts.line(problems, f"tags.{at}.text", tag.text, 1, MAX_TAG),
        )
        for at, tag in enumerate(tags)
    )
