from hashlib import sha256
from pathlib import Path

import pytest

from infra import gazetteer
from souk.domains.reference import places, tables
from souk.domains.reference.places import AreaKind

HASHES = {
    "countries": "a00d58261d0beda13541a50f94f1d3bf389e576f2c7fc8a544fddeb3eefc4158",
    "country-names": "ca035cb47c80958c67a20b03280bad158a7171b1c391addfd4f1c2f27e923abd",
    "us-states": "32cc1196271b737c37ad423083b6d4d47f942d23e2efdeaa12a3b959a4bd22b8",
    "cities": "bf08343cfb28a90c555cc0907405abb730abbcd464ce5e24f4180c3e66a84074",
    "postal-codes": "fbc6740fde758a4a3856eca44e57f20432b47622397d819771163e3c07b90129",
}
"""The SHA-256 of each table. An update of a library changes the places that users see: review it, then pin it here."""


def test_tables_are_the_reviewed_ones() -> None:
    tables_ = {name: (gazetteer.DATA / f"{name}.tsv").read_bytes() for name in gazetteer.TABLES}
    assert {name: sha256(table).hexdigest() for name, table in tables_.items()} == HASHES


def test_generator_writes_these_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "DATA", tmp_path)
    gazetteer.write()
    written = {path.name: sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    assert written == {f"{name}.tsv": digest for name, digest in HASHES.items()}, "run: make setup"


def test_city_by_id() -> None:
    berlin = places.city("2950159")
    assert berlin is not None
    assert (berlin.name, berlin.country, berlin.state, berlin.timezone) == ("Berlin", "DE", None, "Europe/Berlin")
    assert berlin.latitude == pytest.approx(52.52, abs=0.05)
    assert berlin.longitude == pytest.approx(13.41, abs=0.05)


@pytest.mark.parametrize("row", [1, 2, -2])
def test_first_and_last_rows_are_found(row: int) -> None:
    lines = (gazetteer.DATA / "cities.tsv").read_text(encoding="utf-8").split("\n")
    geonames_id, name, *_ = lines[row].split("\t")
    found = places.city(geonames_id)
    assert found is not None
    assert (found.id, found.name) == (geonames_id, name)


@pytest.mark.parametrize("city_id", ["", "0", "295015", "Berlin", "2950159\t", "\n2950159", "²", "Berlin\tDE"])
def test_invalid_city_id_finds_nothing(city_id: str) -> None:
    assert places.city(city_id) is None


@pytest.mark.parametrize(
    ("name", "country", "found"),
    [
        ("Berlin", "DE", "2950159"),
        ("berlin", "de", "2950159"),
        ("Berlin", "Germany", "2950159"),
        ("Berlin", "DEU", "2950159"),
        ("São Paulo", "BR", "3448439"),
        ("sao paulo", "Brazil", "3448439"),
        ("München", "DE", "2867714"),
        ("New York", "US", "5128581"),
        ("  new-york  city ", "United States", "5128581"),
        ("New York, NY", "USA", "5128581"),
        ("Berlin, Deutschland", "DE", "2950159"),
        ("東京", "JP", "1850147"),
        ("Москва", "Russia", "524901"),
        ("Saint Cloud", "US", "5044407"),
        ("St. Cloud", "US", "5044407"),
        ("Washington, D.C.", "US", "4140963"),
        ("Springfield, IL, U.S.A.", "US", "4250542"),
    ],
)
def test_city_by_name_and_country(name: str, country: str, found: str) -> None:
    place = places.find_city(name, country)
    assert place is not None
    assert place.id == found


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Berlin", "FR"),
        ("Berlin, FR", "DE"),
        ("Austin, NY", "US"),
        ("Berlin", "Atlantis"),
        ("", "DE"),
        ("|", "DE"),
        ("Berl", "DE"),
        ("%", "US"),
    ],
)
def test_unknown_city_name_finds_nothing(name: str, country: str) -> None:
    assert places.find_city(name, country) is None


def test_largest_city_of_a_name_wins() -> None:
    portland = places.find_city("Portland", "US")
    assert portland is not None
    assert portland.state == "OR"


def test_state_selects_city() -> None:
    assert {state: places.find_city("Springfield", "US", state) for state in ("IL", "MA", "HI")} == {
        "IL": places.city("4250542"),
        "MA": places.city("4951788"),
        "HI": None,
    }


def test_cities_named_in_all_countries_and_in_some() -> None:
    assert [one.country for one in places.cities_named("Paris")] == ["FR", "US"]
    assert [one.state for one in places.cities_named("paris", frozenset({"US"}))] == ["TX"]
    assert [one.name for one in places.cities_named("Wien")] == ["Vienna"]
    assert places.cities_named("Monaco")[0].country == "MC"
    assert places.cities_named("|") == places.cities_named("") == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [("ny", "NY"), ("N.Y.", "NY"), ("new york", "NY"), ("Washington, D.C.", "DC"), ("Bavaria", None), ("", None)],
)
def test_us_state_by_name_or_abbreviation(name: str, code: str | None) -> None:
    assert places.us_state(name) == code


def test_own_name_wins_over_larger_citys_nickname() -> None:
    lines = (gazetteer.DATA / "cities.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line]
    own = {(tables.fold(row[1]), row[2]): int(row[7]) for row in rows}
    contested = [
        (name, row[2])
        for row in rows
        for name in row[8].strip("|").split("|")
        if name != tables.fold(row[1]) and own.get((name, row[2]), int(row[7])) < int(row[7])
    ]
    assert contested
    for name, country in contested[:20]:
        found = places.find_city(name, country)
        assert found is not None
        assert tables.fold(found.name) == name


def test_postal_code() -> None:
    place = places.postal_code("90210")
    assert place is not None
    assert (place.name, place.country, place.state, place.timezone) == (
        "Beverly Hills",
        "US",
        "CA",
        "America/Los_Angeles",
    )
    assert places.postal_code("90210-1234") == place
    assert place.latitude == pytest.approx(34.09, abs=0.05)


def test_us_postal_codes_abroad_have_own_country() -> None:
    san_juan = places.postal_code("00901")
    assert san_juan is not None
    assert (san_juan.country, san_juan.state) == ("PR", None)


@pytest.mark.parametrize("code", ["", "00000", "9021", "902100", "90210-", "9021O", "SW1A 1AA"])
def test_invalid_postal_code_finds_nothing(code: str) -> None:
    assert places.postal_code(code) is None


def test_area_of_each_kind() -> None:
    europe, germany, texas, berlin = (places.area(one) for one in ("150", "2921044", "4736286", "2950159"))
    assert europe is not None
    assert europe.kind is AreaKind.REGION
    assert {"DE", "FR"} <= europe.countries
    assert "US" not in europe.countries
    assert germany is not None
    assert (germany.kind, germany.countries) == (AreaKind.COUNTRY, frozenset({"DE"}))
    assert texas is not None
    assert (texas.kind, texas.countries, texas.state) == (AreaKind.STATE, frozenset({"US"}), "TX")
    assert berlin is not None
    assert (berlin.kind, berlin.countries, berlin.city) == (AreaKind.CITY, frozenset({"DE"}), "2950159")
    assert places.area("999") is None


def test_area_ids_are_unique() -> None:
    ids = [
        *tables.regions(),
        *(facts.id for facts in tables.country_facts().values()),
        *(
            line.split("\t")[column]
            for table, column in (("us-states", 1), ("cities", 0))
            for line in (gazetteer.DATA / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
            if line
        ),
    ]
    assert len(set(ids)) == len(ids)


def test_region_has_countries_of_its_subregions() -> None:
    regions = tables.regions().values()
    for region in (one for one in regions if one.parent_region is None):
        parts = [one.countries for one in regions if one.parent_region is region]
        assert region.countries == frozenset().union(*parts)
        assert sum(len(part) for part in parts) == len(region.countries)
    assert places.countries_of_region("145") >= {"AE", "TR"}
    assert places.countries_of_region("nowhere") == frozenset()


def test_us_states() -> None:
    states = places.us_states()
    assert len(states) == 51
    assert states["WY"] == "Wyoming"
