"""Deletes people's accounts in the directory (Amazon Cognito). No other function may do that."""

from botocore.exceptions import ClientError

from souk.runtime import aws
from souk.runtime.settings import erasure_settings


def delete(subject: str) -> None:
    """Delete the account with this `sub`. One that does not exist any more is as good."""
    try:
        aws.cognito().admin_delete_user(UserPoolId=erasure_settings().user_pool, Username=subject)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
