"""Fields of a posting request that Souk has no use for. They are refused, so that none looks accepted. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from souk.domains.jobs.model import PostingRequest
from souk.values.problems import Problems

_RECORDED: Final = "the marketplace records this itself; leave it out."
_ABSENT: Final = "not supported; leave it out."

UNSUPPORTED: Final[Mapping[str, str]] = {
    **{
        f"jobPostingInfo.{name}": _RECORDED
        for name in (
            "autoReviewStatus",
            "autoReviewTs",
            "changedById",
            "ciphertext",
            "closeTime",
            "companyId",
            "companyName",
            "createdByFirstName",
            "createdById",
            "createdByLastName",
            "ctime",
            "filledDate",
            "manualReviewStatus",
            "mtime",
            "publishTime",
        )
    },
    **{
        f"jobPostingInfo.{name}": _ABSENT
        for name in (
            "deletedReason",
            "ghostPost",
            "hourPackId",
            "lastOboAgentActionTs",
            "lastOboAgentUserId",
            "legacyRid",
            "offTheNetwork",
            "sourcingTime",
            "uid",
        )
    },
    "qualifications.ctime": _RECORDED,
    "qualifications.mtime": _RECORDED,
    "qualifications.openingId": _ABSENT,
    "ptcInfo.createDate": _RECORDED,
    "ptcInfo.updatedDate": _RECORDED,
    "ptcInfo.status": _RECORDED,
    "jobPostingAdditionalRequest.earlyEngagement": _ABSENT,
    "jobPostingAdditionalRequest.earlyEngagementVisited": _ABSENT,
}
"""The reason of each refusal, by the path in the request."""


def check(request: PostingRequest) -> None:
    """Raise Unprocessable for fields that Souk does not support. False and empty lists are no values."""
    problems = Problems("jobPostingRequest")
    given = request.model_dump(mode="json", by_alias=True, exclude_none=True)
    for path, reason in UNSUPPORTED.items():
        value: Any = given
        for step in path.split("."):
            value = value.get(step) if value else None
        if value:
            problems.add(path, reason)
    problems.raise_if_any()
