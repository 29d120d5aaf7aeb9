"""The logins of the demo people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from souk.local.demo import PASSWORD, create_logins, logins
from souk.local.demo.people import DemoPeople, user_id

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@pytest.fixture
def pool() -> Iterator[tuple["CognitoIdentityProviderClient", str]]:
    with mock_aws():
        cognito = boto3.client("cognito-idp", region_name="eu-west-1")
        user_pool = cognito.create_user_pool(PoolName="people", AliasAttributes=["email"])
        yield cognito, user_pool["UserPool"]["Id"]


def test_people_can_log_in_but_not_service_accounts(
    people: DemoPeople, pool: tuple["CognitoIdentityProviderClient", str]
) -> None:
    said: list[str] = []
    humans = {login.username for login in logins(people)}
    assert humans == {user.id for user in people.users if not user.service} | {user_id(900)}
    assert create_logins(*pool, logins(people), said.append) == len(humans) == 28
    assert said == ["Creating the logins of 28 demo people"]
    cognito, pool_id = pool
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    for username in humans:  # moto does not support aliases
        answer = cognito.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
        )
        assert "AccessToken" in answer["AuthenticationResult"]


def test_only_incomplete_logins_get_a_password(
    people: DemoPeople, pool: tuple["CognitoIdentityProviderClient", str]
) -> None:
    cognito, pool_id = pool
    attributes = [{"Name": "email", "Value": "olivia@acme.test"}]
    cognito.admin_create_user(UserPoolId=pool_id, Username="entered", UserAttributes=attributes)  # type: ignore[arg-type]
    assert create_logins(cognito, pool_id, logins(people), print) == 28
    assert create_logins(cognito, pool_id, logins(people), print) == 0
