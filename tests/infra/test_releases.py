"""Functions whose callers wait are called by their alias, which moves to a new version step by step."""

from typing import Any

import pytest

from infra.config import Config, read_config
from infra.functions import has_snapshot, scratch
from souk.app import CLOCK, FUNCTIONS, LIVE
from souk.runtime.settings import ALIAS
from tests.infra.template import Json, Template, methods, render

CALLED = {name for name, spec in FUNCTIONS.items() if spec.kind in ("api", "pages", "sockets")}
CALLERS = {name: spec.invokes for name, spec in FUNCTIONS.items() if spec.invokes}


@pytest.fixture(params=["aws", "local"])
def template(request: pytest.FixtureRequest) -> Template:
    made: Template = request.getfixturevalue(f"{request.param}_template")
    return made


def test_called_functions_have_an_alias_of_a_version(template: Template) -> None:
    found = template.aliases
    assert found.keys() == CALLED
    for _, alias in found.values():
        properties = alias["Properties"]
        assert properties["Name"] == ALIAS
        version, attribute = properties["FunctionVersion"]["Fn::GetAtt"]
        assert (template.resources[version]["Type"], attribute) == ("AWS::Lambda::Version", "Version")
        assert template.resources[version]["Properties"]["FunctionName"] == properties["FunctionName"]


def test_gateways_call_aliases_only(template: Template) -> None:
    known = {f"${{{logical}}}" for logical, _ in template.aliases.values()}
    uris = [one["Integration"]["Uri"] for verb, _, one in methods(template) if verb != "OPTIONS"]
    uris += [one["Properties"]["IntegrationUri"] for one in template.of("AWS::ApiGatewayV2::Integration").values()]
    assert uris
    assert all(any(alias in render(uri) for alias in known) for uri in uris)
    permitted = [
        render(one["Properties"]["FunctionName"])
        for one in template.of("AWS::Lambda::Permission").values()
        if one["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]
    assert set(permitted) == known


def test_gateway_may_call_aliases_before_they_are_deployed(template: Template) -> None:
    """Otherwise requests fail between the deployment of a changed method and its permission."""
    (deployment,) = template.of("AWS::ApiGateway::Deployment").values()
    live, _ = template.aliases[LIVE]
    permissions = {
        logical
        for logical, one in template.of("AWS::Lambda::Permission").items()
        if one["Properties"]["Principal"] == "apigateway.amazonaws.com"
        and one["Properties"]["FunctionName"] != {"Ref": live}
    }
    assert len(permissions) == len(CALLED) - 1
    assert permissions <= set(deployment["DependsOn"])


@pytest.mark.parametrize("caller", CALLERS)
def test_callers_are_released_after_what_they_call(template: Template, caller: str) -> None:
    found = template.aliases
    released = found[caller][1] if caller in found else template.named("AWS::Lambda::Function", f"{caller}Function")[1]
    assert {found[name][0] for name in CALLERS[caller]} <= set(released["DependsOn"])


def test_callers_may_call_with_and_without_alias(template: Template) -> None:
    """Functions of a release before aliases call without, while this one is deployed."""
    for caller, called in CALLERS.items():
        resources = {render(one) for each in template.statements(caller) for one in _invoked(each)}
        names = {template.functions[name]["FunctionName"] for name in called}
        assert {one.rpartition(":function:")[2] for one in resources} == names | {f"{name}:{ALIAS}" for name in names}


def _invoked(statement: Json) -> list[Any]:
    actions, resources = statement["Action"], statement["Resource"]
    if "lambda:InvokeFunction" not in (actions if isinstance(actions, list) else [actions]):
        return []
    return resources if isinstance(resources, list) else [resources]


def test_traffic_goes_back_on_alarms(aws_template: Template) -> None:
    assert CLOCK not in aws_template.aliases, "EventBridge calls it again every minute"
    for name, (_, alias) in aws_template.aliases.items():
        update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        group = aws_template.resources[update["DeploymentGroupName"]["Ref"]]["Properties"]
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        alarms = [aws_template.resources[one["Name"]["Ref"]]["Properties"] for one in _alarms(group)]
        own = next(alarm for alarm in alarms if alarm.get("MetricName") == "Errors")
        version = alias["Properties"]["FunctionVersion"]
        function = aws_template.functions[name]["FunctionName"]
        assert {one["Name"]: one["Value"] for one in own["Dimensions"]} == {
            "FunctionName": function,
            "Resource": f"{function}:{ALIAS}",
            "ExecutedVersion": version,
        }
        assert "5XXError" in {alarm.get("MetricName") for alarm in alarms}
        assert f"souk-prod-{name}-errors" in {alarm["AlarmName"] for alarm in alarms}, "of logged errors"


def _alarms(group: Json) -> list[Json]:
    configured: Json = group["AlarmConfiguration"]
    assert configured["Enabled"] is True
    found: list[Json] = configured["Alarms"]
    return found


def test_earlier_versions_are_kept_to_go_back_to(aws_template: Template, local_template: Template) -> None:
    for version in aws_template.of("AWS::Lambda::Version").values():
        policies = version["DeletionPolicy"], version["UpdateReplacePolicy"]
        assert policies == ("RetainExceptOnCreate", "Retain"), "a failed deployment can be tried again"
    for version in local_template.of("AWS::Lambda::Version").values():
        assert version.get("DeletionPolicy", "Delete") == "Delete"


def test_emulator_moves_aliases_at_once(local_template: Template) -> None:
    assert not any(resource["Type"].startswith("AWS::CodeDeploy::") for resource in local_template.resources.values())
    assert not any("UpdatePolicy" in resource for resource in local_template.resources.values())


def test_snapshots_only_where_callers_wait() -> None:
    on, off = _config(snapStart="on"), _config()
    assert {name for name, spec in FUNCTIONS.items() if has_snapshot(spec, on)} == CALLED
    assert not any(has_snapshot(spec, off) for spec in FUNCTIONS.values())
    for name, spec in FUNCTIONS.items():
        assert scratch(spec, off) == spec.size.scratch
        assert scratch(spec, on) == (512 if name in CALLED else spec.size.scratch), "the most that SnapStart allows"


def _config(**context: str) -> Config:
    return read_config(context.get)
