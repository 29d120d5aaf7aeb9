"""Secrets that CloudFormation generates."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.config import Config


def make_secret(scope: Construct, id_: str, config: Config, *, description: str) -> secretsmanager.CfnSecret:
    """Return a new secret of 64 random letters and digits. It is kept with the data (`Config.retain`)."""
    secret = secretsmanager.CfnSecret(
        scope,
        id_,
        description=description,
        generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
            password_length=64, exclude_punctuation=True
        ),
    )
    secret.apply_removal_policy(RemovalPolicy.RETAIN if config.retain else RemovalPolicy.DESTROY)
    return secret
