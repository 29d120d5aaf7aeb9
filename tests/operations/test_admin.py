"""`souk admin`: the first operator, the list of operators, and taking the flag."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, KeyState, held_keys_key
from souk.authentication.scopes import Scope
from souk.authentication.tokens import digest
from souk.cli.admin import admin_commands
from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import ACTIONS
from souk.domains.identity.model import User
from souk.domains.identity.store import all_memberships_of, create_user, memberships_of, user_by_email
from souk.operations.admin import Administration, Bootstrapped
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table, counter_value
from tests.conftest import REGION
from tests.support.api import Souk, person
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

ADA, BOB = "ada@example.com", "bob@example.com"


class Market:
    """An empty deployment, with its table and user pool."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.cognito: CognitoIdentityProviderClient = boto3.client("cognito-idp", region_name=REGION)
        self.pool = self.cognito.create_user_pool(PoolName="people", AliasAttributes=["email"])["UserPool"]["Id"]
        self.in_aws = False

    def client(self, service: str) -> Any:
        clients = {"dynamodb": self.table.client, "cognito-idp": self.cognito}
        return clients.get(service) or boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    @property
    def deployment(self) -> Deployment:
        outputs = {"TableName": self.table.name, "UserPool": self.pool}
        return Deployment(outputs, self.client, "http://127.0.0.1:8000", in_aws=self.in_aws)

    @property
    def admin(self) -> Administration:
        return Administration(self.deployment)

    def found(self, email: str = ADA, name: str = "Ada Lovelace", organization: str = "Bazaar") -> Bootstrapped:
        return self.admin.bootstrap(email, name, organization)

    def items(self) -> list[dict[str, Any]]:
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))

    def trail(self) -> list[OperatorAction]:
        return [ACTIONS.decode(item) for item in self.items() if item["PK"]["S"].startswith("AUDIT#")]

    def statuses(self) -> list[str]:
        return [one["UserStatus"] for one in self.cognito.list_users(UserPoolId=self.pool)["Users"]]

    def logs_in(self, password: str) -> bool:
        """Return whether a password is that of the only account, so that Cognito asks for a new one."""
        client = self.cognito.create_user_pool_client(UserPoolId=self.pool, ClientName="souk")["UserPoolClient"]
        (account,) = self.cognito.list_users(UserPoolId=self.pool)["Users"]
        try:
            answer = self.cognito.admin_initiate_auth(
                UserPoolId=self.pool,
                ClientId=client["ClientId"],
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": account["Username"], "PASSWORD": password},
            )
        except self.cognito.exceptions.NotAuthorizedException:
            return False
        return answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


@pytest.fixture
def market(table: Table) -> Market:
    return Market(table)


def test_first_bootstrap_makes_everything(market: Market) -> None:
    made = market.found()
    user = user_by_email(market.table, ADA)
    assert user is not None
    assert (made.operator, user.first_name, user.last_name) == ({"id": user.id, "email": ADA}, "Ada", "Lovelace")
    (membership,) = memberships_of(market.table, user.id)
    assert (membership.role, membership.operator, membership.active) == (Role.OWNER, True, True)
    assert made.organization == {"id": membership.organization_id, "name": "Bazaar"}
    assert user.company_ids == (membership.organization_id,)
    key = market.table.get(API_KEYS, made.api_key["id"] or "")
    assert key is not None
    assert set(key.scopes) == {scope.value for scope in Scope}
    assert key.redirect_uris == ("http://127.0.0.1/callback",)
    assert key.accepts_secret(digest(made.api_key["secret"] or ""), CLOCK.real())
    held = held_keys_key(membership.organization_id)
    assert counter_value(market.table.batch_get([held])[held]) == 1
    assert made.url == "http://127.0.0.1:8000/operator"
    assert market.logs_in(made.temporary_password or "")
    stored = str(market.items())
    assert str(made.api_key["secret"]) not in stored
    assert str(made.temporary_password) not in stored


def test_repeated_bootstrap_changes_nothing(market: Market) -> None:
    made, before = market.found(), market.items()
    again = market.found("ADA@example.com ", name="", organization="")
    assert again == made._replace(temporary_password=None, api_key={"id": made.api_key["id"], "secret": None})
    assert market.items() == before
    assert market.logs_in(made.temporary_password or "")


def test_another_email_makes_one_more_operator(market: Market) -> None:
    made, other = market.found(), market.found(BOB, "Bob Builder", "")
    assert (other.organization, other.api_key["secret"]) == (made.organization, None)
    assert other.temporary_password
    assert [one.email for one in market.admin.operators()] == [ADA, BOB]


def test_person_who_signed_up_is_promoted(market: Market) -> None:
    tx = market.table.transaction()
    facts = {"nickname": "ada", "first_name": "Augusta", "last_name": "King", "creation_date": "", "subject": "s"}
    create_user(tx, User(id="77", email=ADA, organization_id="88", company_ids=("88",), **facts))
    tx.commit()
    market.cognito.admin_create_user(
        UserPoolId=market.pool,
        Username="signed-up",
        UserAttributes=[{"Name": "email", "Value": ADA}, {"Name": "email_verified", "Value": "true"}],
    )
    market.cognito.admin_set_user_password(
        UserPoolId=market.pool, Username="signed-up", Password="a long Passw0rd!", Permanent=True
    )
    made = market.found(name="")
    assert (made.operator["id"], made.temporary_password) == ("77", None)
    user = user_by_email(market.table, ADA)
    assert user is not None
    assert (user.first_name, user.company_ids) == ("Augusta", ("88", made.organization["id"]))
    assert market.statuses() == ["CONFIRMED"]


def test_unverified_account_of_a_stranger_is_not_used(market: Market) -> None:
    market.cognito.admin_create_user(
        UserPoolId=market.pool, Username="stranger", UserAttributes=[{"Name": "email", "Value": ADA}]
    )
    assert market.found().temporary_password
    assert len(market.statuses()) == 2


@pytest.mark.parametrize("ends_before", ["the account", "the table"])
def test_interrupted_bootstrap_is_completed(market: Market, monkeypatch: pytest.MonkeyPatch, ends_before: str) -> None:
    place: tuple[Any, str] = (market.cognito, "admin_create_user")
    if ends_before == "the table":
        place = (market.table.client, "transact_write_items")
    with monkeypatch.context() as patch:
        patch.setattr(*place, _end)
        with pytest.raises(KeyboardInterrupt):
            market.found()
    assert market.items() == []
    made = market.found()
    assert market.logs_in(made.temporary_password or "")
    assert made.api_key["secret"]


def _end(**_arguments: Any) -> None:
    raise KeyboardInterrupt


def test_revoked_key_is_replaced(market: Market) -> None:
    first = market.found().api_key["id"]
    key = market.table.get(API_KEYS, first or "")
    assert key is not None
    tx = market.table.transaction()
    tx.update(API_KEYS, key.model_copy(update={"state": KeyState.REVOKED}))
    tx.commit()
    made = market.found()
    assert made.api_key["id"] != first
    assert made.api_key["secret"]
    assert market.found().api_key == {"id": made.api_key["id"], "secret": None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, 'Give the first and the last name of the person: --name "Ada Lovelace"'),
        ({"name": "Ada"}, "Give the first and the last name"),
        ({"organization": " "}, 'Name the organization of the operators: --organization "Bazaar"'),
        ({"email": "ada"}, "'ada' is not an e-mail address"),
        ({"email": 'ada"or@example.com'}, "is not an e-mail address|cannot have quotation marks"),
        ({"name": f"{'A' * 60} Lovelace"}, "--name: a first or last name has at most 50 characters"),
        ({"organization": "B" * 101}, "--organization: use at most 100 characters"),
    ],
)
def test_missing_and_invalid_options_write_nothing(market: Market, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(Problem, match=message):
        market.found(**arguments)
    assert market.items() == []
    assert market.statuses() == []


def test_revoke_takes_flag_and_membership_but_not_the_last(market: Market) -> None:
    market.found()
    with pytest.raises(Problem, match="This is the last active operator of the marketplace"):
        market.admin.revoke(ADA)
    with pytest.raises(Problem, match=r"bob@example\.com is not an operator"):
        market.admin.revoke(BOB)
    market.found(BOB, "Bob Builder", "")
    market.admin.revoke(ADA)
    assert [one.email for one in market.admin.operators()] == [BOB]
    user = user_by_email(market.table, ADA)
    assert user is not None
    (membership,) = all_memberships_of(market.table, user.id)
    assert (membership.operator, membership.active, user.company_ids) == (False, False, ())


def test_trail_names_the_caller_and_has_only_ids_of_people(market: Market) -> None:
    market.found()
    market.in_aws = True
    market.found(BOB, "Bob Builder", "")
    market.found(BOB, "Bob Builder", "")
    market.admin.revoke(BOB)
    first, second, third = market.trail()
    assert (first.action, first.reason) == ("bootstrap", "souk admin bootstrap, on this machine")
    assert (second.reason or "").startswith("souk admin bootstrap, by arn:aws:")
    assert (third.action, third.changes[0].field, third.changes[0].after) == ("setOperator", "operator", "false")
    texts = str([one.model_dump() for one in market.trail()])
    assert not [word for word in (ADA, BOB, "Ada", "Bob", "Builder") if word in texts]


def test_operator_calls_the_api_with_the_operators_scope(market: Market) -> None:
    made = market.found()
    caller = person(Souk.whole(market.table), made.operator["id"], made.organization["id"])
    answer = caller.call('mutation { reviewWebhookSubscription(id: "1", approve: true) { id } }')
    assert answer.code == "NOT_FOUND"


@pytest.fixture
def souk(market: Market) -> Callable[..., None]:
    commands = admin_commands(lambda *_: market.deployment)
    return lambda *arguments: commands(list(arguments), standalone_mode=False)


def test_command_prints_json(souk: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("bootstrap", "--email", ADA, "--name", "Ada Lovelace", "--organization", "Bazaar")
    souk(*arguments, "--json")
    made = json.loads(capsys.readouterr().out)
    assert made.keys() == {"operator", "organization", "temporaryPassword", "apiKey", "url"}
    assert made["operator"]["email"] == ADA
    assert made["apiKey"]["secret"]
    souk(*arguments)
    shown = capsys.readouterr().out
    assert made["apiKey"]["id"] in shown
    assert made["apiKey"]["secret"] not in shown
    souk("operators")
    assert capsys.readouterr().out.startswith(f"{ADA}  Ada Lovelace  {made['operator']['id']}  since ")


def test_command_without_terminal_asks_nothing(souk: Callable[..., None]) -> None:
    with pytest.raises(Problem, match="Give the first and the last name"):
        souk("bootstrap", "--email", ADA)


def test_service_account_cannot_be_an_operator(market: Market) -> None:
    tx = market.table.transaction()
    facts = {"nickname": "robot", "first_name": "Robot", "last_name": "", "creation_date": "", "service": True}
    create_user(tx, User(id="77", email=ADA, organization_id="88", **facts))
    tx.commit()
    with pytest.raises(Problem, match="A service account cannot be an operator"):
        market.found()
    assert market.statuses() == []
