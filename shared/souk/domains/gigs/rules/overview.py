"""The title, category and tags of a gig."""

from typing import Any, Final

from souk.domains.gigs.inputs import OverviewInput
from souk.domains.gigs.model import Tag
from souk.domains.reference import ontology
from souk.domains.reference.model import EntityStatus
from souk.values import texts
from souk.values.problems import Problems

MAX_TITLE: Final = 120
"""Characters."""
MAX_TAGS: Final = 15
MAX_TAG: Final = 40
"""Characters."""
_MAX_ID: Final = 64


def checked(request: OverviewInput, kept: tuple[str | None, str | None] = (None, None)) -> dict[str, Any]:
    """Return the changes of a gig by a request. Missing tags stay unchanged; null removes them.

    `kept` are the category and the subcategory of the gig, which it keeps when they are not offered any more.

    Raises Unprocessable with all problems.
    """
    problems = Problems("input")
    changes: dict[str, Any] = {
        "title": texts.line(problems, "title", request.title, 1, MAX_TITLE),
        "category_id": request.parent_category_id,
        "subcategory_id": request.subcategory_id,
    }
    if kept != (request.parent_category_id, request.subcategory_id):
        _check_category(problems, request)
    if "tags" in request.model_fields_set:
        changes["tags"] = _tags(problems, request)
    problems.raise_if_any()
    return changes


def _check_category(problems: Problems, request: OverviewInput) -> None:
    category = ontology.category(request.parent_category_id)
    if category is None or category.entity_status is not EntityStatus.ACTIVE:
        problems.add("parentCategoryId", "use the id of a category that the ontology offers.")
    elif request.subcategory_id not in {one.id for one in category.subcategories}:
        problems.add("subcategoryId", f"use the id of a subcategory of {category.preferred_label}.")


def _tags(problems: Problems, request: OverviewInput) -> tuple[Tag, ...]:
    tags = request.tags or ()
    if len(tags) > MAX_TAGS:
        problems.add("tags", f"at most {MAX_TAGS} tags are allowed; these are {len(tags)}.")
        return ()
    if len({tag.id for tag in tags}) < len(tags):
        problems.add("tags", "each tag needs its own id.")
    return tuple(
        Tag(
            id=texts.line(problems, f"tags.{at}.id", tag.id, 1, _MAX_ID),
            text=texts.line(problems, f"tags.{at}.text", tag.text, 1, MAX_TAG),
        )
        for at, tag in enumerate(tags)
    )
