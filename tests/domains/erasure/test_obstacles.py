"""What stands in the way of an erasure, at the request and on the day."""

from datetime import timedelta

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS
from souk.domains.agreements.model import Parties
from souk.domains.erasure.commands.deciding import obstacles
from souk.domains.erasure.commands.running import begin
from souk.domains.erasure.model import ErasureState
from souk.domains.erasure.store import ERASURES
from souk.domains.identity.store import USERS
from souk.domains.ledger.model import Account, AccountKind
from souk.domains.ledger.store import balance_key
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.store import MAILS
from souk.domains.time.model import Stage, Timesheet, WeekRun
from souk.domains.time.store import save_timesheet
from tests.domains.erasure.world import ATELIER, CANCEL, DELETE, PTOLEMY, WORKS, ZENOBIA, PersonalWorld
from tests.support.actor import hourly
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import OLIVIA


@pytest.fixture
def world(souk: Souk, bucket: str) -> PersonalWorld:
    """Return a world that is empty but for its people."""
    return PersonalWorld(souk, bucket)


def codes(world: PersonalWorld, user_id: str) -> list[str]:
    """Return the codes of what stands in the way of a person's erasure."""
    return sorted(one.code for one in obstacles(world.table, user_id, CLOCK.market()))


def remaining(who: Person) -> list[tuple[str, str]]:
    """Return the money that stays after the erasure of a person, by organization, as they read it before."""
    answer = who.call("""{ accountDeletionPreview { deletionDateTime obstacles { code }
      remainingBalances { organization { name } amount { rawValue currency } } } }""").data["accountDeletionPreview"]
    assert answer["deletionDateTime"][:10] == (CLOCK.market() + timedelta(days=14)).date().isoformat()
    found = obstacles(who.souk.table, who.user_id, CLOCK.market())
    assert [one["code"] for one in answer["obstacles"]] == [one.code for one in found]
    return [
        (one["organization"]["name"], f"{one['amount']['rawValue']} {one['amount']['currency']}")
        for one in answer["remainingBalances"]
    ]


def test_each_kind_of_obstacle_is_listed(world: PersonalWorld) -> None:
    table = world.table
    assert codes(world, ZENOBIA) == codes(world, PTOLEMY) == []
    tx = table.transaction()
    tx.count(balance_key(Account(kind=AccountKind.FUNDS, owner=WORKS, currency="USD")), 1_250)
    tx.count(balance_key(Account(kind=AccountKind.EARNINGS, owner=ATELIER, currency="USD")), 9_900)
    parties = Parties(
        client_user_id=PTOLEMY,
        client_team_id=WORKS,
        client_company_id=WORKS,
        vendor_user_id=ZENOBIA,
        vendor_team_id=ATELIER,
        vendor_company_id=ATELIER,
    )
    now = CLOCK.market().isoformat()
    monday = (CLOCK.market() - timedelta(days=CLOCK.market().weekday() + 7)).date().isoformat()
    sheet = Timesheet(
        contract_id="1",
        week=monday,
        parties=parties,
        terms=("t",),
        runs=(WeekRun(day=0, term=0, cells=6),),
        stage=Stage.DISPUTED,
        created=now,
        modified=now,
    )
    save_timesheet(tx, sheet)
    tx.commit()
    assert remaining(world.zenobia) == [("Zenobia Quillfeather", "99.00 USD")]
    assert remaining(world.ptolemy) == []
    assert codes(world, ZENOBIA) == ["OPEN_WEEK"]
    assert codes(world, PTOLEMY) == ["FUNDS", "OPEN_WEEK"]
    person(world.souk, OLIVIA, WORKS, role=Role.MEMBER)
    tx = table.transaction()
    tx.count(balance_key(Account(kind=AccountKind.EARNINGS, owner=WORKS, currency="USD")), 100)
    tx.commit()
    assert remaining(world.ptolemy) == [], "the company and its money stay with the others"
    assert codes(world, PTOLEMY) == ["LAST_OWNER"]  # the company has another member, so it is not his alone
    refused = world.ptolemy.call(DELETE, {"input": {"confirmEmail": "ptolemy@quill.example"}})
    assert "You are the last owner of Brasswick Works" in refused.error["message"]
    membership = table.get(MEMBERSHIPS, OLIVIA, WORKS)
    assert membership
    tx = table.transaction()
    tx.update(MEMBERSHIPS, membership.model_copy(update={"role": Role.OWNER, "operator": True}))
    tx.commit()
    assert codes(world, PTOLEMY) == []
    assert codes(world, OLIVIA) == ["LAST_OPERATOR"]


def test_obstacle_on_the_day_keeps_the_account(world: PersonalWorld) -> None:
    wanted = {"input": {"confirmEmail": "zenobia@quill.example"}}
    assert world.zenobia.call(DELETE, wanted).data
    acme, zenobia = world.actor(world.olivia), world.actor(world.zenobia)
    offer = acme.offer(acme.post_job("Draw", hourly=True), None, zenobia, **hourly("4000"))
    zenobia.accept(offer["id"])
    now = CLOCK.market() + timedelta(days=14, minutes=1)
    begin(world.souk.tables["operator"], ZENOBIA, now)
    user, erasure = world.table.get(USERS, ZENOBIA), world.table.get(ERASURES, ZENOBIA)
    assert user
    assert erasure
    assert (user.deletion, user.erased, user.first_name) == (None, None, "Zenobia")
    assert (erasure.state, erasure.obstacles) == (ErasureState.KEPT, ("OPEN_CONTRACT",))
    queued = [MAILS.decode(one) for one in world.items() if one["PK"]["S"].startswith("MAIL#")]
    (kept,) = [one for one in queued if one.template is MailTemplate.ACCOUNT_KEPT]
    assert "The contract “The work as agreed” has not ended." in kept.values["obstacles"]
    begin(world.souk.tables["operator"], ZENOBIA, now)  # the deadline may run twice
    assert world.zenobia.call(DELETE, wanted).code == "CONFLICT"


def test_keeping_the_account_and_its_day_exclude_each_other(
    world: PersonalWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.zenobia.call(DELETE, {"input": {"confirmEmail": "zenobia@quill.example"}}).data
    table, now = world.souk.tables["operator"], CLOCK.market() + timedelta(days=15)
    begun = meanwhile(monkeypatch, lambda: begin(table, ZENOBIA, now))
    assert world.zenobia.call(CANCEL).code == "CONFLICT"
    assert begun == [None]
    erasure = world.table.get(ERASURES, ZENOBIA)
    assert erasure
    assert erasure.state is ErasureState.RUNNING
    early = world.ptolemy.call(DELETE, {"input": {"confirmEmail": "ptolemy@quill.example"}})
    assert early.data
    begin(table, PTOLEMY, CLOCK.market() + timedelta(days=13))
    waiting = world.table.get(ERASURES, PTOLEMY)
    assert waiting
    assert waiting.state is ErasureState.WAITING
