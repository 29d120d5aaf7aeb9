"""The contract's limit of requests per IP address, as a firewall in front of the API."""

import json

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.api import graphql_error
from infra.config import Config

_WINDOW_SECONDS = 60


class Firewall(Construct):
    """Returns 429 to an IP address that exceeds the limit.

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
                                    _header("Access-Control-Allow-Origin", "*"),
                                ],
                            )
                        )
                    ),
                    visibility_config=_visible(f"{config.prefix}-requests-per-address"),
                )
            ],
        )
        waf.CfnWebACLAssociation(self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn)


def _header(name: str, value: str) -> waf.CfnWebACL.CustomHTTPHeaderProperty:
    return waf.CfnWebACL.CustomHTTPHeaderProperty(name=name, value=value)


def _visible(metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
