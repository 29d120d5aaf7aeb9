"""The erasure of an account, in phases (`rules.phases`). The work of a phase is the deadlines of the domains."""

from datetime import datetime, timedelta

from souk.authentication.records import operators_organization_id
from souk.deadlines.model import schedule
from souk.domains import personal_data
from souk.domains.erasure import directory
from souk.domains.erasure.commands.deciding import obstacles
from souk.domains.erasure.model import Erasure, ErasureState
from souk.domains.erasure.rules.phases import phase_after, phases
from souk.domains.erasure.store import ERASURES, save
from souk.domains.identity.commands.erasing import LEAVE
from souk.domains.identity.store import USERS
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.marketplace.store import current
from souk.storage import Table, Transaction
from souk.values.times import stamp


def begin(table: Table, user_id: str, now: datetime) -> None:
    """Begin an erasure on its day: the work of `erasure.begin`.

    If something stands in the way by now, the account stays, and its owner gets a mail.
    """
    tx = table.transaction()
    erasure, user = table.get(ERASURES, user_id, consistent=True), table.get(USERS, user_id, consistent=True)
    if user is None or erasure is None or erasure.state is not ErasureState.WAITING or erasure.due > stamp(now):
        return
    if found := obstacles(table, user_id, now):
        kept = {"state": ErasureState.KEPT, "reason": None, "obstacles": tuple(sorted({one.code for one in found}))}
        save(tx, erasure.model_copy(update=kept))
        tx.update(USERS, user.model_copy(update={"deletion": None}))
        listed = "\n".join(f"- {one.message}" for one in found)
        queue(tx, MailTemplate.ACCOUNT_KEPT, user_id, now, obstacles=listed)
    else:
        running = {"state": ErasureState.RUNNING, "reason": None, "begun": stamp(now), "subject": user.subject}
        _start(tx, erasure.model_copy(update=running), phases(_domains())[0], now)
        tx.check(USERS, user)
        queue(tx, MailTemplate.ACCOUNT_ERASED, user_id, now, address=user.email)
    tx.commit()


def step(table: Table, finished: str, now: datetime) -> None:
    """Note that a part of an erasure is finished, and go on: the work of `erasure.step`.

    `finished` is the person's id, a slash and the kind of the part's deadline.
    """
    user_id, _, kind = finished.partition("/")

    def attempt(tx: Transaction) -> None:
        erasure = table.get(ERASURES, user_id, consistent=True)
        if erasure is None or kind not in erasure.left:
            return
        left = tuple(one for one in erasure.left if one != kind)
        if left:
            save(tx, erasure.model_copy(update={"left": left}))
            return
        if kind == LEAVE and erasure.subject:
            directory.delete(erasure.subject)  # repeating it does nothing
        following = phase_after(kind, _domains())
        if following:
            _start(tx, erasure, following, now)
            return
        kept_until = table.clock.real() + timedelta(days=366 * current(table).retention_years)
        done = {"state": ErasureState.DONE, "left": (), "subject": None, "done": stamp(now)}
        save(tx, erasure.model_copy(update=done | {"kept_until": int(kept_until.timestamp())}))
        operators = operators_organization_id(table)
        tx.emit("USER", "DELETE", user_id, to=[operators] if operators else [])

    table.retry_until_committed(attempt)


def _start(tx: Transaction, erasure: Erasure, kinds: tuple[str, ...], now: datetime) -> None:
    save(tx, erasure.model_copy(update={"left": kinds}))
    for kind in kinds:
        schedule(tx, kind, erasure.user_id, now)


def _domains() -> list[str]:
    return [name for name, data in personal_data().items() if data.erase]
