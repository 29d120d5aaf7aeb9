"""The edge of the deployment: the firewall, and the logs of access."""

import json
import re
from typing import Final

import pytest

from souk.web.cors import READABLE
from tests.infra.template import Json, Template, render

COUNTED: Final = {
    "SizeRestrictions_BODY",
    "SizeRestrictions_QUERYSTRING",
    "NoUserAgent_HEADER",
    "CrossSiteScripting_BODY",
    "GenericRFI_BODY",
    "GenericRFI_QUERYARGUMENTS",
}
"""The rules that postings, GraphQL documents and redirect URIs of programs on a desktop would trip."""
MADE_BY_AWS: Final = {
    "requestId",
    "requestTime",
    "identity.sourceIp",
    "httpMethod",  # API Gateway knows seven
    "resourcePath",  # of the resource, not of the request
    "status",
    "responseLength",
    "responseLatency",
    "integrationLatency",
    "error.responseType",
    "waf.status",
    "eventType",
    "connectionId",
}
"""Variables whose values no client writes. https://docs.aws.amazon.com/apigateway/latest/developerguide/
api-gateway-variables-for-access-logging.html lists all, and says of none that it is escaped."""


def test_firewall_allows_300_requests_a_minute(aws_template: Template) -> None:
    acl = aws_template.one("AWS::WAFv2::WebACL")
    rule = acl["Rules"][0]
    limit = rule["Statement"]["RateBasedStatement"]
    assert (limit["Limit"], limit["EvaluationWindowSec"], limit["AggregateKeyType"]) == (300, 60, "IP")
    refusal = rule["Action"]["Block"]["CustomResponse"]
    assert refusal["ResponseCode"] == 429
    headers = {header["Name"]: header["Value"] for header in refusal["ResponseHeaders"]}
    assert headers == {"Retry-After": "60", **READABLE}
    body = json.loads(acl["CustomResponseBodies"][refusal["CustomResponseBodyKey"]]["Content"])
    assert body["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
    association = aws_template.one("AWS::WAFv2::WebACLAssociation")
    (stage,) = aws_template.of("AWS::ApiGateway::Stage")
    assert stage in render(association["ResourceArn"])


def test_firewall_refuses_attacks_and_counts_what_postings_trip(aws_template: Template) -> None:
    groups = {}
    for rule in aws_template.one("AWS::WAFv2::WebACL")["Rules"][1:]:
        assert rule["OverrideAction"] == {"None": {}}, "the group's own actions count"
        group = rule["Statement"]["ManagedRuleGroupStatement"]
        assert group["VendorName"] == "AWS"
        overrides = group.get("RuleActionOverrides", [])
        assert all(one["ActionToUse"] == {"Count": {}} for one in overrides)
        groups[group["Name"]] = {one["Name"] for one in overrides}
    assert groups == {
        "AWSManagedRulesAmazonIpReputationList": set(),
        "AWSManagedRulesKnownBadInputsRuleSet": set(),
        "AWSManagedRulesCommonRuleSet": COUNTED,
    }


def test_firewall_logs_refusals_without_tokens(aws_template: Template) -> None:
    logging = aws_template.one("AWS::WAFv2::LoggingConfiguration")
    (destination,) = logging["LogDestinationConfigs"]
    group, _ = aws_template.named("AWS::Logs::LogGroup", "FirewallLog")
    assert render(destination).endswith(f":log-group:${{{group}}}")
    assert {"QueryString": {}} in logging["RedactedFields"]
    headers = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"] if "SingleHeader" in field}
    assert headers == {"authorization", "cookie"}
    (kept,) = logging["LoggingFilter"]["Filters"]
    assert [one["ActionCondition"]["Action"] for one in kept["Conditions"]] == ["BLOCK", "COUNT"]


@pytest.mark.parametrize(
    ("kind", "setting"),
    [("AWS::ApiGateway::Stage", "AccessLogSetting"), ("AWS::ApiGatewayV2::Stage", "AccessLogSettings")],
)
def test_access_logs_are_json_whatever_clients_send(aws_template: Template, kind: str, setting: str) -> None:
    """API Gateway writes values as they are. A user agent with a quote ends the string that it is written into."""
    text: str = aws_template.one(kind)[setting]["Format"]
    variables = set(re.findall(r"\$context\.([\w.]+)", text))
    assert variables <= MADE_BY_AWS, "a client may write this value"
    line: Json = json.loads(re.sub(r"\$context\.[\w.]+", "-", text))  # `-` stands for a value that is missing
    assert set(line.values()) == {"-"}, "each value is one variable, in quotes"
