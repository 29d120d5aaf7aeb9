"""Makes ministack's checks of AWS credentials strict. Runs in the emulator's process.

ministack trusts everybody on the machine: whoever names the key `test` or an account's number is root, signatures of
root are not verified, and the keys of functions can be computed from their names. A web page can do all of that.
"""

# ruff: noqa: SLF001 - the changed parts of ministack have no public names
# mypy: disable-error-code="attr-defined"

import os
import secrets
from typing import Any

from ministack import app as gateway
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc, s3, sts

UPLOAD_FORM = "s3:PutObject"
"""The action of a form upload. S3 itself refuses the others with this name, which put an object without a form."""


def require_credentials() -> None:
    """Make the key in AWS_ACCESS_KEY_ID the only root, and verify every signature."""
    _make_only_root(os.environ["AWS_ACCESS_KEY_ID"])
    _refuse_unproven_keys()
    _refuse_nobody()
    _salt_functions_keys()


def _make_only_root(key: str) -> None:
    def is_root(access_key_id: str) -> bool:
        # A browser's upload form has its signature in the body, which S3 verifies. The request itself names no key.
        return access_key_id in ("", key)

    iam_evaluator.is_root_access_key = is_root
    sts.is_root_access_key = is_root
    iam_evaluator._is_root_key = lambda _access_key_id: False  # its signature is verified like any other's


def _refuse_unproven_keys() -> None:
    """Treat a request without an AWS signature as anonymous, or as wrong if its query names a key.

    ministack does so only for a request without an Authorization header. With another one, such as `Bearer x`, the
    empty key counted as root, and so did any key that the query named.
    """
    pin = iam_evaluator.pin_signed_request

    def pin_all(
        method: str, path: str, query: dict[str, list[str]], headers: list[Any], handshake: bool = False
    ) -> None:
        pin(method, path, query, headers, handshake)
        if iam_evaluator._signed_request.get() is None:
            claimed = extract_access_key_id({}, query)
            unproven = iam_evaluator.SignedRequest(claimed, method, path, query, {}, unverifiable=True)
            iam_evaluator._signed_request.set(unproven if claimed else None)
            iam_evaluator._anonymous.set(not claimed)

    gateway.pin_signed_request = iam_evaluator.pin_signed_request = pin_all


def _refuse_nobody() -> None:
    """Refuse anonymous requests, except what AWS lets everybody do and the stack uses.

    ministack also served them where no action of IAM covers a request, and let them list and create buckets.
    """
    check, enforce = iam_evaluator.check_credentials, iam_evaluator.enforce

    def check_known(access_key_id: str, service: str | None = None) -> Any:
        if iam_evaluator._anonymous.get():
            return iam_evaluator.AuthError("MissingAuthenticationToken", "Missing Authentication Token")
        return check(access_key_id, service)

    def enforce_known(access_key_id: str, action: str, service: str, *arguments: Any, **options: Any) -> Any:
        # S3 takes the key of an upload form from the form, and asks again with it.
        if service == "s3" and not access_key_id and iam_evaluator._anonymous.get() and action != UPLOAD_FORM:
            return iam_evaluator.AuthError("AccessDenied", "Access Denied")
        return enforce(access_key_id, action, service, *arguments, **options)

    iam_evaluator.check_credentials = check_known
    iam_evaluator.enforce = enforce_known


def _salt_functions_keys() -> None:
    """Derive the functions' credentials from a secret of this process too, and not from their names alone."""
    derive, salt = lambda_runtime.execution_credentials, secrets.token_hex()

    def salted(config: dict[str, Any]) -> dict[str, str]:
        credentials: dict[str, str] = derive({**config, "FunctionArn": f"{config['FunctionArn']}:{salt}"})
        return credentials

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = salted


def is_for_browsers(host: str, path: str) -> bool:
    """Return whether a request's host and path name a bucket with a CORS configuration, such as the attachments."""
    target = gateway._s3_cors_target(host, path)
    return target is not None and any(bucket == target[0] for _account, bucket in s3._bucket_cors._data)
