"""Reads a synthesized template and evaluates its policies like AWS."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from souk.local.deploy import Assembly

Json = dict[str, Any]
AUTH = "auth"
"""The function with the account pages and the authorization server."""
PAYMENTS = "contracts"
"""The function that requests payments and receives Stripe's webhooks."""
WEBHOOKS = "webhooks"
"""The function that manages webhook subscriptions."""


@dataclass(frozen=True)
class Template:
    """A synthesized stack."""

    resources: dict[str, Json]
    outputs: Json
    assets: dict[str, Path]
    """The assets by their keys in S3."""

    @classmethod
    def of_assembly(cls, assembly: Assembly) -> "Template":
        """Read the template of an assembly."""
        body = json.loads(assembly.template)
        return cls(body["Resources"], body["Outputs"], {key: file for file, _, key in assembly.assets})

    def of(self, kind: str) -> dict[str, Json]:
        """Return the resources of a type, by logical id."""
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def one(self, kind: str) -> Json:
        """Return the properties of the only resource of a type."""
        (resource,) = self.of(kind).values()
        properties: Json = resource["Properties"]
        return properties

    def named(self, kind: str, name: str) -> tuple[str, Json]:
        """Return the logical id and the resource of the only one of a type whose id contains a name."""
        ((id_, resource),) = ((id_, resource) for id_, resource in self.of(kind).items() if name in id_)
        return id_, resource

    @property
    def functions(self) -> dict[str, Json]:
        """The properties of the functions, by short name."""
        functions = (resource["Properties"] for resource in self.of("AWS::Lambda::Function").values())
        return {function["Environment"]["Variables"]["SOUK_FUNCTION"]: function for function in functions}

    @property
    def aliases(self) -> dict[str, tuple[str, Json]]:
        """The logical ids and resources of the aliases, by the short names of their functions."""
        names = {
            logical: function["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"]
            for logical, function in self.of("AWS::Lambda::Function").items()
        }
        found = self.of("AWS::Lambda::Alias")
        return {names[one["Properties"]["FunctionName"]["Ref"]]: (logical, one) for logical, one in found.items()}

    def role_of(self, function: str) -> str:
        """Return the logical id of a function's role."""
        role: str = self.functions[function]["Role"]["Fn::GetAtt"][0]
        return role

    def statements(self, function: str) -> list[Json]:
        """Return the policy statements of a function's role."""
        policies = self.resources[self.role_of(function)]["Properties"]["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]

    def may(self, function: str, action: str, resource: str, context: Mapping[str, list[str]] | None = None) -> bool:
        """Evaluate a function's policies: one statement must allow it, and none deny it.

        `resource` is an ARN as `render` writes it; `context` holds the request's condition keys.
        """
        fitting = [
            statement["Effect"]
            for statement in self.statements(function)
            if any(_like(action.lower(), pattern.lower()) for pattern in listed(statement["Action"]))
            and any(_like(resource, render(pattern)) for pattern in listed(statement["Resource"]))
            and all(_holds(operator, keys, context or {}) for operator, keys in statement.get("Condition", {}).items())
        ]
        return "Allow" in fitting and "Deny" not in fitting


def listed(value: Any) -> list[Any]:
    """Return a list for a policy element that is a single value or a list."""
    return value if isinstance(value, list) else [value]


def render(value: Any) -> str:
    """Return a value with CloudFormation's functions as text: `${Table.Arn}/index/GSI1`."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(render(part) for part in parts)
    raise ValueError(f"a function of CloudFormation that policies did not use so far: {value}")


def matches(pattern: Any, value: Any) -> bool:
    """Return whether a value matches a pattern of EventBridge or of a stream's filter."""
    if isinstance(pattern, dict):
        return all(name in value and matches(part, value[name]) for name, part in pattern.items())
    return any(value.startswith(one["prefix"]) if isinstance(one, dict) else value == one for one in pattern)


def methods(template: Template) -> Iterator[tuple[str, str, Json]]:
    """Yield each method of the REST API: its verb, its path and its properties."""
    resources = template.of("AWS::ApiGateway::Resource")

    def path(reference: Json) -> str:
        if "Ref" not in reference:
            return ""  # the API's root
        properties = resources[reference["Ref"]]["Properties"]
        return f"{path(properties['ParentId'])}/{properties['PathPart']}"

    for method in template.of("AWS::ApiGateway::Method").values():
        properties = method["Properties"]
        yield properties["HttpMethod"], path(properties["ResourceId"]) or "/", properties


def _holds(operator: str, expected: Mapping[str, Any], context: Mapping[str, list[str]]) -> bool:
    """Evaluate a condition of the kinds in our policies.

    `ForAllValues` holds for a request without the key; every request that names items has the key.
    """
    if operator not in {"ForAllValues:StringLike", "ForAllValues:StringNotEquals"}:
        raise ValueError(f"a condition that policies did not use so far: {operator}")
    wanted = operator == "ForAllValues:StringLike"
    return all(
        any(_like(value, pattern) for pattern in listed(patterns)) is wanted
        for key, patterns in expected.items()
        for value in context.get(key, [])
    )


def _like(value: str, pattern: str) -> bool:
    """Match like IAM, with only `*` and `?`."""
    return fnmatchcase(value, re.sub(r"[\[]", "[[]", pattern))
