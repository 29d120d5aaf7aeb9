"""The profiles of the demo data's freelancers, written from `profiles.toml` by the commands that people use."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from souk.authentication.records import Membership
from souk.domains.reference.ontology import ontology
from souk.domains.talent import inputs
from souk.domains.talent.commands import portfolio, profile, records, specialized
from souk.domains.talent.model import SUBMITTED
from souk.domains.talent.portfolio_inputs import NewProject, NewSpecialized, SpecializedChange
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.local.demo.accounts import context_of
from souk.local.demo.people import user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table

_FILE = Path(__file__).parent / "profiles.toml"


@cache
def texts() -> tuple[dict[str, Any], ...]:
    """Return the entries of `profiles.toml`."""
    return tuple(tomllib.loads(_FILE.read_text("utf-8"))["profile"])


def write_profiles(table: Table, memberships: Iterable[Membership], now: datetime) -> int:
    """Write and submit the profiles that nobody has submitted, and return their number.

    Everything has idempotency keys, so the next load completes an interrupted one.
    """
    quiet = QuietTable.of(table)
    members = {one.user_id: one for one in reversed(list(memberships))}
    written = 0
    for text in texts():
        person = user_id(text["user"])
        stored = table.get(PROFILES, person, consistent=True)
        if stored is None or stored.state not in SUBMITTED or len(stored.specialized) < len(text["specialized"]):
            ctx = context_of(quiet, members[person], now - timedelta(days=text["days"]))
            _write(ctx, text)
            _show_work(ctx, text)
            written += 1
    return written


def _write(ctx: Context, text: dict[str, Any]) -> None:
    services = tuple(map(_service, text["services"]))
    profile.update(ctx, inputs.UpdateProfile(**text["own"], service_ids=services))
    for code, level in text["languages"].items():
        profile.add_language(ctx, _language(code, level))
    availability = inputs.CapacityChange(**text["availability"], creation_date_time=ctx.now.isoformat())
    profile.change_availability(ctx, inputs.AvailabilityChange(user_id="", availability=availability))
    for at, one in enumerate(text["employment"]):
        records.add_employment(ctx, inputs.NewEmployment(**one, idempotency_key=f"demo {at}"))
    for at, one in enumerate(text["education"]):
        records.add_education(ctx, inputs.NewEducation(**one, idempotency_key=f"demo {at}"))
    for at, one in enumerate(text["certificates"]):
        records.add_certificate(
            ctx, inputs.NewCertificate(**{"visibility": "PUBLIC"} | one, idempotency_key=f"demo {at}")
        )
    for at, one in enumerate(text["experiences"]):
        records.add_experience(ctx, inputs.NewExperience(**one, idempotency_key=f"demo {at}"))
    for at, one in enumerate(text["accounts"]):
        records.link_account(ctx, inputs.NewAccount(**one, idempotency_key=f"demo {at}"))
    profile.submit(ctx)


def _show_work(ctx: Context, text: dict[str, Any]) -> None:
    """Create the portfolio and the specialized profiles, and publish those that are complete."""
    projects = {}
    for one in reversed(text["projects"]):
        fields = {"public": True, "project_type": "CLASSIC_VIEW"} | one
        key, service = fields.pop("key"), fields.pop("service", None)
        request = NewProject(**fields, occupation_id=service and _service(service), idempotency_key=f"demo {key}")
        projects[key] = portfolio.create(ctx, request)[1].id
    for one in text["specialized"]:
        fields = dict(one)
        service, primary = fields.pop("service"), fields.pop("primary", False)
        shown = tuple(projects[key] for key in fields.pop("projects", ()))
        draft = NewSpecialized(
            **fields, occupation_id=_service(service), project_ids=shown, idempotency_key=f"demo {service}"
        )
        created = specialized.create(ctx, draft)
        if created.rate:
            specialized.publish(ctx, created.id)
        if primary:
            specialized.change(ctx, SpecializedChange(profile_id=created.id, primary=True))


def _service(slug: str) -> str:
    return next(one.id for one in ontology().occupations.values() if one.slug == slug)


def _language(code: str, level: str) -> inputs.NewLanguage:
    named = inputs.NamedLanguage(iso639_code=code, active=True, english_name="")
    proficiency = inputs.LanguageLevel(code=level)
    return inputs.NewLanguage(language=inputs.LanguageData(language=named, proficiency_level=proficiency))
