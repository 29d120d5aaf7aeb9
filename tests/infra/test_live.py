"""The infrastructure of sockets: their API, the rule of events, settings and permissions."""

import pytest

from infra.config import read_config
from souk.app import FUNCTIONS, LIVE, LIVE_SENDER
from souk.domains.live.store import WRITES, person_key, socket_key
from souk.entry.live_sender import PING_SECONDS
from souk.runtime.settings import live_settings
from tests.infra.template import Json, Template, matches, render

LEADING = "dynamodb:LeadingKeys"
ROUTES = {"$connect", "$disconnect", "$default"}
MANAGE = "execute-api:ManageConnections"


def stage(template: Template) -> Json:
    return template.one("AWS::ApiGatewayV2::Stage")


def test_address_ends_in_live(aws_template: Template, local_template: Template) -> None:
    for template in (aws_template, local_template):
        assert template.one("AWS::ApiGatewayV2::Api")["ProtocolType"] == "WEBSOCKET"
        assert (stage(template)["StageName"], stage(template)["AutoDeploy"]) == ("live", True)
        assert render(template.outputs["LiveUrl"]["Value"]).endswith("/live")
        assert stage(template)["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0, "no firewall protects it"


def test_every_route_calls_the_live_function(aws_template: Template) -> None:
    routes = [one["Properties"] for one in aws_template.of("AWS::ApiGatewayV2::Route").values()]
    assert {one["RouteKey"] for one in routes} == ROUTES
    integrations = aws_template.of("AWS::ApiGatewayV2::Integration")
    alias, _ = aws_template.aliases[LIVE]
    for route in routes:
        ((integration, properties),) = (
            (name, one["Properties"]) for name, one in integrations.items() if name in render(route["Target"])
        )
        assert f"${{{alias}}}" in render(properties["IntegrationUri"]), integration
    (answer,) = aws_template.of("AWS::ApiGatewayV2::RouteResponse").values()
    assert "default" in answer["Properties"]["RouteId"]["Ref"]


def test_sender_gets_the_events_of_its_entities(aws_template: Template) -> None:
    rules = [one["Properties"] for name, one in aws_template.of("AWS::Events::Rule").items() if "LiveSender" in name]
    (minute,) = (one for one in rules if "ScheduleExpression" in one)
    (bus,) = (one for one in rules if "EventPattern" in one)
    assert minute["ScheduleExpression"] == "rate(1 minute)"
    for entity in ("ROOM", "OFFER", "MILESTONE", "Vendor JA", "Client JA", "JP", "SAVED_SEARCH"):
        event = {"source": "souk", "detail": {"payload": {"entity": entity}}}
        assert matches(bus["EventPattern"], event) is (entity not in {"JP", "SAVED_SEARCH"})
    assert 2 * PING_SECONDS == 60
    assert aws_template.functions[LIVE_SENDER]["Timeout"] - PING_SECONDS > PING_SECONDS


def test_only_the_sender_reaches_sockets(aws_template: Template) -> None:
    (api,) = aws_template.of("AWS::ApiGatewayV2::Api")
    (rest,) = aws_template.of("AWS::ApiGateway::RestApi")
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
    for method in ("POST", "DELETE"):
        socket = f"{arn}${{{api}}}/live/{method}/@connections/abc="
        assert [name for name in FUNCTIONS if aws_template.may(name, MANAGE, socket)] == [LIVE_SENDER]
    for elsewhere in (f"${{{api}}}/live/GET/@connections/abc=", f"${{{rest}}}/live/POST/@connections/abc="):
        assert not aws_template.may(LIVE_SENDER, MANAGE, f"{arn}{elsewhere}")


def test_table_permissions(aws_template: Template) -> None:
    id_, _ = aws_template.named("AWS::DynamoDB::Table", "StorageTable")
    table = f"${{{id_}.Arn}}"
    for function in (LIVE, LIVE_SENDER):
        for key in (person_key("1"), socket_key("1", "2", "3")):
            assert key.pk.startswith(WRITES)
            for action in ("dynamodb:PutItem", "dynamodb:DeleteItem"):
                assert aws_template.may(function, action, table, {LEADING: [key.pk]})
                assert not aws_template.may(function, action, table, {LEADING: ["ROOM#1"]})
        for index in ("GSI1", "GSI2"):
            assert aws_template.may(function, "dynamodb:Query", f"{table}/index/{index}", {LEADING: ["LIVE#1"]})
    others = set(FUNCTIONS) - {LIVE, LIVE_SENDER}
    assert not [one for one in others if aws_template.may(one, "dynamodb:PutItem", table, {LEADING: ["LIVE#PERSON#1"]})]


def test_settings(aws_template: Template, local_template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    for template, expected in ((aws_template, "https://"), (local_template, "/restapis/")):
        monkeypatch.setenv(
            "SOUK_LIVE_ENDPOINT",
            render(template.functions[LIVE_SENDER]["Environment"]["Variables"]["SOUK_LIVE_ENDPOINT"]),
        )
        live_settings.cache_clear()
        assert live_settings().endpoint.startswith(expected)
    live_settings.cache_clear()
    assert aws_template.functions[LIVE]["Environment"]["Variables"]["SOUK_ADDRESS_LIMIT"] == "300"


def test_live_can_be_turned_off() -> None:
    for context, live in ((dict[str, str](), True), ({"live": "off"}, False)):
        assert read_config(context.get).live is live


@pytest.mark.parametrize(
    "given",
    [
        {"live": "perhaps"},
        {"liveDomain": "live.a.b"},
        {"liveDomain": "a.b", "domain": "a.b", "certificate": "c"},
    ],
)
def test_invalid_choice_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="live"):
        read_config(given.get)
