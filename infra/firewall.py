"""The firewall in front of the API: the contract's limit of requests per IP address, and rules that AWS maintains."""

import json
from collections.abc import Mapping

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.api import graphql_error
from infra.config import Config
from souk.web.cors import READABLE

_WINDOW_SECONDS = 60
_MANAGED: Mapping[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": (
        # It refuses bodies of more than 8 KB, and query strings of more than 2 KB. GraphQL documents are larger.
        "SizeRestrictions_BODY",
        "SizeRestrictions_QUERYSTRING",
        # Programs need no User-Agent.
        "NoUserAgent_HEADER",
        # Postings and messages may quote HTML, and scripts.
        "CrossSiteScripting_BODY",
        # Postings may have addresses, and the redirect URI of a program on a desktop is http://127.0.0.1 (RFC 8252).
        "GenericRFI_BODY",
        "GenericRFI_QUERYARGUMENTS",
    ),
}
"""The groups of rules that refuse requests, with those of their rules that only count."""


class Firewall(Construct):
    """Returns 429 to an IP address that exceeds the limit, and 403 to attacks. It logs what it refuses or counts.

    AWS WAF estimates the rate and reacts some seconds later, so the limit is not exact.
    """

    def __init__(self, scope: Construct, id_: str, config: Config, stage: apigateway.Stage) -> None:
        super().__init__(scope, id_)
        limit = config.requests_per_minute
        refusal = graphql_error("TOO_MANY_REQUESTS", f"More than {limit} requests in a minute from this address")
        acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(config.prefix),
            custom_response_bodies={
                "limit": waf.CfnWebACL.CustomResponseBodyProperty(
                    content_type="APPLICATION_JSON", content=json.dumps(refusal)
                )
            },
            rules=[
                waf.CfnWebACL.RuleProperty(
                    name="requests-per-address",
                    priority=0,
                    statement=waf.CfnWebACL.StatementProperty(
                        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                            limit=limit, aggregate_key_type="IP", evaluation_window_sec=_WINDOW_SECONDS
                        )
                    ),
                    action=waf.CfnWebACL.RuleActionProperty(
                        block=waf.CfnWebACL.BlockActionProperty(
                            custom_response=waf.CfnWebACL.CustomResponseProperty(
                                response_code=429,
                                custom_response_body_key="limit",
                                response_headers=[
                                    _header("Retry-After", str(_WINDOW_SECONDS)),
                                    *(_header(name, value) for name, value in READABLE.items()),
                                ],
                            )
                        )
                    ),
                    visibility_config=_visible(f"{config.prefix}-requests-per-address"),
                ),
                *(
                    _managed(config.prefix, group, counting, priority)
                    for priority, (group, counting) in enumerate(_MANAGED.items(), start=1)
                ),
            ],
        )
        waf.CfnWebACLAssociation(self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn)
        self._log(config.prefix, acl)

    def _log(self, prefix: str, acl: waf.CfnWebACL) -> None:
        """Log requests that a rule refused or counted, without what may be a token."""
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"aws-waf-logs-{prefix}",  # AWS WAF asks for this beginning
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        redacted = waf.CfnLoggingConfiguration.FieldToMatchProperty
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=acl.attr_arn,
            # An ARN from CloudFormation ends in `:*`, which AWS WAF does not keep.
            log_destination_configs=[
                Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=log.log_group_name,
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                redacted(single_header={"Name": "authorization"}),
                redacted(single_header={"Name": "cookie"}),
                redacted(query_string={}),
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")],
                    }
                ],
            },
        )


def _managed(prefix: str, group: str, counting: tuple[str, ...], priority: int) -> waf.CfnWebACL.RuleProperty:
    """Return the rule that applies a group of AWS's rules."""
    count = waf.CfnWebACL.RuleActionProperty(count={})
    return waf.CfnWebACL.RuleProperty(
        name=group,
        priority=priority,
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(name=name, action_to_use=count) for name in counting
                ]
                or None,
            )
        ),
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visible(f"{prefix}-{group}"),
    )


def _header(name: str, value: str) -> waf.CfnWebACL.CustomHTTPHeaderProperty:
    return waf.CfnWebACL.CustomHTTPHeaderProperty(name=name, value=value)


def _visible(metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
