"""The user pool with people's passwords, and the secret of refresh tokens."""

from email.utils import formataddr

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import grants
from infra.config import Config
from infra.functions import Provision
from infra.secret import make_secret

_NAMES = cognito.StandardAttribute(required=True, mutable=True)
# The answers of the sign-up form. The account is created from them when the address is confirmed. After that Souk's
# table has the current data, so these never change.
_SIGN_UP_ATTRIBUTES = {
    "side": cognito.StringAttribute(max_len=16, mutable=False),  # client, freelancer or agency; imported
    "company": cognito.StringAttribute(max_len=256, mutable=False),
    "country": cognito.StringAttribute(min_len=2, max_len=2, mutable=False),  # ISO 3166-1
    "terms": cognito.StringAttribute(max_len=128, mutable=False),  # when which version of the terms was accepted
}
_PASSWORD = cognito.PasswordPolicy(  # a minimum length and no composition rules (NIST SP 800-63B-4, 3.1.1.2)
    min_length=12, require_lowercase=False, require_uppercase=False, require_digits=False, require_symbols=False
)


class Identity(Construct):
    """The user pool with its client, and the secret of refresh tokens."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self._config = config
        self.pool = cognito.UserPool(
            self,
            "People",
            user_pool_name=config.prefix,
            self_sign_up_enabled=True,
            # An address is an alias of the user who confirms it first. So nobody can reserve another person's address,
            # and signing up does not reveal which addresses are registered.
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),  # a new address counts after its code was entered
            standard_attributes=cognito.StandardAttributes(given_name=_NAMES, family_name=_NAMES),
            custom_attributes=_SIGN_UP_ATTRIBUTES,
            password_policy=_PASSWORD,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            user_verification=cognito.UserVerificationConfig(
                email_style=cognito.VerificationEmailStyle.CODE,
                # What `auth` answers to the trigger replaces these.
                email_subject=f"Your code for {config.name}",
                email_body=f"Your code for {config.name} is {{####}}. If you have not asked for one, there is nothing "
                "to do.",
            ),
            feature_plan=cognito.FeaturePlan.PLUS if config.threat_protection else None,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION
            if config.threat_protection
            else None,
            deletion_protection=config.retain,
            removal_policy=RemovalPolicy.RETAIN if config.retain else RemovalPolicy.DESTROY,
        )
        if config.mail_from:
            self._send_mail_as(config.mail_from)
        attributes = cognito.ClientAttributes().with_standard_attributes(
            email=True, given_name=True, family_name=True, timezone=True
        )
        attributes = attributes.with_custom_attributes(*_SIGN_UP_ATTRIBUTES)
        self.client = self.pool.add_client(
            "Client",
            user_pool_client_name="souk",
            auth_flows=cognito.AuthFlow(user_password=True),
            generate_secret=False,
            disable_o_auth=True,  # Souk has its own authorization server
            prevent_user_existence_errors=True,
            auth_session_validity=Duration.minutes(5),  # time to enter the second factor's code
            # Cognito's tokens are used only for changes of one's account right after the login.
            access_token_validity=Duration.minutes(15),
            id_token_validity=Duration.minutes(15),
            refresh_token_validity=Duration.hours(1),
            read_attributes=attributes.with_standard_attributes(
                email=True, email_verified=True, given_name=True, family_name=True, timezone=True
            ),
            write_attributes=attributes,
        )
        if config.threat_protection:
            self._refuse_known_passwords()
        self.token_secret = make_secret(
            self,
            "TokenSecret",
            config,
            description="Refresh tokens are made under it. Replacing it ends all of them.",
        )

    def write_code_mails(self, arn: str, function: lambda_.IFunction) -> None:
        """Have a function write the texts of Cognito's mails. `arn` is that of its alias, which `function` is.

        The function's settings name the pool, so the pool names the function by its ARN, and not by its resource.
        """
        pool = self._cfn_pool
        pool.lambda_config = cognito.CfnUserPool.LambdaConfigProperty(custom_message=arn)
        function.add_permission(
            "CodeMails",
            principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
            source_arn=self.pool.user_pool_arn,
        )

    @property
    def _cfn_pool(self) -> cognito.CfnUserPool:
        pool = self.pool.node.default_child
        if not isinstance(pool, cognito.CfnUserPool):
            raise TypeError("the user pool is not a CfnUserPool")
        return pool

    @property
    def provision(self) -> Provision:
        """The provision of the one function that accesses the user pool (`souk.runtime.settings.auth_settings`).

        Sign-up, login and account recovery need no permissions in Cognito; only what operators have done does.
        """
        config = self._config
        statements = [grants.read_secret(self.token_secret.attr_id), grants.reset_authenticators(self.pool)]
        if config.mail_from:
            statements.append(grants.send_mail(self._sender(config.mail_from), config))
        environment = {
            "SOUK_USER_POOL": self.pool.user_pool_id,
            "SOUK_USER_POOL_CLIENT": self.client.user_pool_client_id,
            "SOUK_TOKEN_SECRET": self.token_secret.attr_id,
            "SOUK_MAIL_FROM": config.mail_from or "",
            "SOUK_IMPLICIT": "on" if config.implicit else "off",
            "SOUK_AUTO_CONSENT": config.auto_consent or "",
        }
        return Provision(environment, statements)

    @property
    def page_provision(self) -> Provision:
        """The provision of the function with the pages behind the log-in (`souk.runtime.settings.page_settings`)."""
        secret = self.token_secret.attr_id
        return Provision({"SOUK_TOKEN_SECRET": secret}, [grants.read_secret(secret)])

    @property
    def deletion(self) -> Provision:
        """The provision of the one function that deletes accounts (`souk.runtime.settings.directory_settings`)."""
        delete = iam.PolicyStatement(actions=["cognito-idp:AdminDeleteUser"], resources=[self.pool.user_pool_arn])
        return Provision({"SOUK_USER_POOL": self.pool.user_pool_id}, [delete])

    def _refuse_known_passwords(self) -> None:
        """Refuse passwords that were stolen elsewhere. Cognito sees no addresses of people, so it judges no logins."""
        actions = cognito.CfnUserPoolRiskConfigurationAttachment.CompromisedCredentialsActionsTypeProperty(
            event_action="BLOCK"
        )
        cognito.CfnUserPoolRiskConfigurationAttachment(
            self,
            "KnownPasswords",
            user_pool_id=self.pool.user_pool_id,
            client_id=self.client.user_pool_client_id,
            compromised_credentials_risk_configuration=(
                cognito.CfnUserPoolRiskConfigurationAttachment.CompromisedCredentialsRiskConfigurationTypeProperty(
                    actions=actions
                )
            ),
        )

    def _send_mail_as(self, address: str) -> None:
        """Make Cognito send mail through the operator's SES identity. Its own is limited to 50 mails a day."""
        self._cfn_pool.email_configuration = cognito.CfnUserPool.EmailConfigurationProperty(
            email_sending_account="DEVELOPER",
            from_=formataddr((self._config.name, address)),
            source_arn=self._sender(address),
        )

    def _sender(self, address: str) -> str:
        """Return the ARN of the address's SES identity: its domain, which the operator has verified."""
        return Stack.of(self).format_arn(service="ses", resource="identity", resource_name=address.rpartition("@")[2])
