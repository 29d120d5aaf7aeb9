"""Makes the embedded AWS's user pools treat e-mail addresses as Cognito does. Runs in the emulator's process.

ministack does not verify the address of a sign-up that is confirmed, changes an address at once, and has no
VerifyUserAttribute.
"""

# ruff: noqa: SLF001 - the changed parts of ministack have no public names
# mypy: disable-error-code="attr-defined"

import secrets
from typing import Any, Final

from ministack.core.concurrency import run_reentrant
from ministack.services import cognito

_OK: Final = 200
_PENDING: Final = "_pending_email"
"""Where a user's new address waits for its code, as (address, code)."""
_VERIFY: Final = "VerifyUserAttribute"


def verify_addresses() -> None:
    """Verify the address of a sign-up by its code, and a new address before it replaces the old one."""
    confirm, update, dispatch = cognito._confirm_sign_up, cognito._update_user_attributes, cognito._dispatch_idp

    def confirm_and_verify(data: dict[str, Any]) -> Any:
        answer = confirm(data)
        if answer[0] == _OK:
            pool, _ = cognito._pool_for_client(data["ClientId"])
            user, _ = cognito._resolve_user(pool, data["Username"])
            _set(user, email_verified="true")
        return answer

    def update_after_code(data: dict[str, Any]) -> Any:
        attributes = {one["Name"]: one["Value"] for one in data["UserAttributes"]}
        email = attributes.pop("email", None)
        user, pool = cognito._user_pool_for_access_token(data["AccessToken"])
        if user and email:
            if _is_taken(pool, user, email):
                return _refusal("AliasExistsException", "An account with the email already exists.")
            user[_PENDING] = (email, f"{secrets.randbelow(1_000_000):06}")
            told = cognito._attr_list_to_dict(user["Attributes"]) | {"email": email}
            cognito._send_verification_email(pool, user["Username"], told, user[_PENDING][1])
        rest = [{"Name": name, "Value": value} for name, value in attributes.items()]
        return update({**data, "UserAttributes": rest})

    def verify(data: dict[str, Any]) -> Any:
        user, pool = cognito._user_pool_for_access_token(data["AccessToken"])
        email, code = (user or {}).get(_PENDING, (None, None))
        if code is None or data["Code"] != code:
            return _refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
        if _is_taken(pool, user, email):
            return _refusal("AliasExistsException", "An account with the email already exists.")
        _set(user, email=email, email_verified="true")
        del user[_PENDING]
        return cognito.json_response({})

    async def dispatch_all(action: str, data: dict[str, Any]) -> Any:
        if action == _VERIFY:
            return await run_reentrant(cognito._run_idp_handler, verify, action, data, thread_name="souk-cognito")
        return await dispatch(action, data)

    cognito._confirm_sign_up = confirm_and_verify
    cognito._update_user_attributes = update_after_code
    cognito._dispatch_idp = dispatch_all
    cognito._UNSIGNED_IDP_ACTIONS.add(_VERIFY)


def _is_taken(pool: dict[str, Any], user: dict[str, Any], email: str) -> bool:
    owner, _ = cognito._resolve_user(pool, email)
    return owner is not None and owner is not user


def _set(user: dict[str, Any], **attributes: str) -> None:
    given = [{"Name": name, "Value": value} for name, value in attributes.items()]
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], given)


def _refusal(code: str, message: str) -> Any:
    return cognito.error_response_json(code, message, 400)
