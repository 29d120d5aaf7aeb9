"""A release keeps what the next one has added to a document, because both run while one is deployed."""

import orjson
import pytest
from pydantic import Field, ValidationError

from souk.storage import Collection, Entity, Input, Key, Model


class Price(Model):
    amount: int
    net_of_fees: bool = False


class Thing(Entity):
    id: str
    price: Price | None = None
    prices: tuple[Price, ...] = ()
    by_size: dict[str, Price] = Field(default_factory=dict)


THINGS = Collection("Thing", Thing, key=lambda id_: Key("THING#", id_), key_of=lambda one: Key("THING#", one.id))
NEWER = {
    "version": 3,
    "id": "1",
    "color": {"name": "red", "none": None},
    "price": {"amount": 1, "currency": "EUR"},
    "prices": [{"amount": 2}, {"amount": 3, "until": "2027"}],
    "bySize": {"large": {"amount": 4, "weight": [1, 2]}},
}


def item(doc: object) -> dict[str, dict[str, str]]:
    return {"doc": {"S": orjson.dumps(doc).decode()}}


def test_change_keeps_unknown_keys_at_every_depth() -> None:
    read = THINGS.decode(item(NEWER))
    changed = read.model_copy(update={"version": 4, "price": Price(amount=5)})
    written = orjson.loads(THINGS.encode(changed)["doc"]["S"])
    price = {"amount": 5, "netOfFees": False}
    known = {"netOfFees": False}
    assert written == {
        **NEWER,
        "version": 4,
        "price": price,
        "prices": [{"amount": 2, **known}, {"amount": 3, "until": "2027", **known}],
        "bySize": {"large": {"amount": 4, "weight": [1, 2], **known}},
    }


def test_unknown_keys_do_not_make_entities_unequal() -> None:
    known = Thing(id="1", price=Price(amount=1))
    read = THINGS.decode(item({"id": "1", "price": {"amount": 1, "currency": "EUR"}}))
    assert read == known
    assert hash(read.price) == hash(known.price)
    assert read != Thing(id="2", price=Price(amount=1))


def test_code_cannot_add_unknown_keys() -> None:
    assert not Thing.model_validate({"id": "1", "color": "red"}).__pydantic_extra__

    class Order(Input):
        id: str

    with pytest.raises(ValidationError):
        Order.model_validate({"id": "1", "color": "red"})
