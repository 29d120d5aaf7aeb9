"""The deletion of an account in Cognito, with a fake client: moto knows no account by its `sub`, as Cognito does."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from souk.domains.erasure import directory
from souk.runtime import aws
from souk.runtime.settings import erasure_settings


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[tuple[str, str]]]:
    """Return the accounts that there are, by pool and `sub`."""
    stored = {("pool", "sub-901"), ("pool", "sub-902")}

    def delete(**given: str) -> None:
        account = given["UserPoolId"], given["Username"]
        if account not in stored:
            raise ClientError({"Error": {"Code": "UserNotFoundException"}}, "AdminDeleteUser")
        stored.remove(account)

    monkeypatch.setattr(aws, "cognito", lambda: SimpleNamespace(admin_delete_user=delete))
    monkeypatch.setenv("SOUK_USER_POOL", "pool")
    erasure_settings.cache_clear()
    yield stored
    erasure_settings.cache_clear()


def test_account_is_deleted_by_its_subject_and_once_is_enough(accounts: set[tuple[str, str]]) -> None:
    directory.delete("sub-901")
    directory.delete("sub-901")
    assert accounts == {("pool", "sub-902")}


def test_other_errors_are_raised_so_that_the_step_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: str) -> None:
        raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "AdminDeleteUser")

    monkeypatch.setattr(aws, "cognito", lambda: SimpleNamespace(admin_delete_user=busy))
    monkeypatch.setattr(directory, "erasure_settings", lambda: SimpleNamespace(user_pool="pool"))
    with pytest.raises(ClientError):
        directory.delete("sub-901")
