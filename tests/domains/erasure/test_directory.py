"""The deletion of an account in Cognito."""

from collections.abc import Iterator

import boto3
import pytest

from souk.domains.erasure import directory
from souk.runtime import aws as clients
from souk.runtime.settings import erasure_settings


@pytest.fixture
def pool(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - the pool is made in this AWS
    """Return the id of an empty user pool."""
    cognito = boto3.client("cognito-idp", region_name="us-east-1")
    pool_id = cognito.create_user_pool(PoolName="people", AliasAttributes=["email"])["UserPool"]["Id"]
    monkeypatch.setenv("SOUK_USER_POOL", pool_id)
    monkeypatch.setenv("SOUK_RETENTION_YEARS", "10")
    for cached in (erasure_settings, clients.cognito):
        cached.cache_clear()
    yield pool_id
    for cached in (erasure_settings, clients.cognito):
        cached.cache_clear()


def test_account_is_deleted_by_its_subject_and_once_is_enough(pool: str) -> None:
    cognito = boto3.client("cognito-idp", region_name="us-east-1")
    attributes = [{"Name": "email", "Value": "zenobia@quill.example"}]
    made = cognito.admin_create_user(UserPoolId=pool, Username="8d0f", UserAttributes=attributes)["User"]["Attributes"]
    subject = next(one["Value"] for one in made if one["Name"] == "sub")
    directory.delete(subject)
    directory.delete(subject)
    assert cognito.list_users(UserPoolId=pool)["Users"] == []
