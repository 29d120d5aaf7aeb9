"""Retries of a command when another writer was first."""

import pytest

from souk.storage import Collection, Entity, Key, Table, Transaction
from souk.values.errors import Conflict


class Lamp(Entity):
    id: str
    switched: int = 0


def lamp_key(lamp_id: str) -> Key:
    return Key(f"LAMP#{lamp_id}", "LAMP")


LAMPS: Collection[Lamp] = Collection(name="Lamp", model=Lamp, key=lamp_key, key_of=lambda lamp: lamp_key(lamp.id))


def stored(table: Table) -> Lamp:
    lamp = table.get(LAMPS, "1", consistent=True)
    assert lamp is not None
    return lamp


def switch(table: Table, transaction: Transaction) -> Lamp:
    lamp = stored(table)
    return transaction.update(LAMPS, lamp.model_copy(update={"switched": lamp.switched + 1}))


class Race:
    """Writes between the read and the commit of the first attempts."""

    def __init__(self, table: Table, overtaken: int) -> None:
        self.table = table
        self.overtaken = overtaken
        self.attempts = 0

    def __call__(self, transaction: Transaction) -> Lamp:
        self.attempts += 1
        lamp = switch(self.table, transaction)
        if self.attempts <= self.overtaken:
            other = self.table.transaction()
            switch(self.table, other)
            other.commit()
        return lamp


@pytest.fixture(autouse=True)
def _lamp(table: Table) -> None:
    transaction = table.transaction()
    transaction.create(LAMPS, Lamp(id="1"))
    transaction.commit()


@pytest.mark.parametrize("overtaken", [0, 1, 4])
def test_lost_race_is_retried(table: Table, overtaken: int) -> None:
    race = Race(table, overtaken)
    lamp = table.retry_until_committed(race)
    assert lamp == stored(table)
    assert (race.attempts, lamp.switched) == (overtaken + 1, overtaken + 1)


def test_conflict_is_raised_after_five_lost_races(table: Table) -> None:
    race = Race(table, 100)
    with pytest.raises(Conflict, match="This Lamp has changed"):
        table.retry_until_committed(race)
    assert (race.attempts, stored(table).switched) == (5, 5)


def test_given_conflict_replaces_last_one(table: Table) -> None:
    with pytest.raises(Conflict, match="The lamp is busy"):
        table.retry_until_committed(Race(table, 100), Conflict("The lamp is busy."))


def test_conflict_raised_by_attempt_is_not_retried(table: Table) -> None:
    attempts = []

    def attempt(transaction: Transaction) -> None:
        attempts.append(switch(table, transaction))
        raise Conflict("The lamp is sold.")

    with pytest.raises(Conflict, match="The lamp is sold"):
        table.retry_until_committed(attempt)
    assert len(attempts) == 1
    assert stored(table).switched == 0


def test_attempt_without_writes_succeeds(table: Table) -> None:
    trips = table.trips
    assert table.retry_until_committed(lambda _: "nothing") == "nothing"
    assert table.trips == trips


def test_cleared_writes_are_not_committed(table: Table) -> None:
    transaction = table.transaction()
    switch(table, transaction)
    transaction.replace(LAMPS, Lamp(id="2"))
    transaction.clear()
    transaction.commit()
    assert stored(table).switched == 0
    assert table.get(LAMPS, "2") is None
