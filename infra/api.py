"""The HTTPS API: /graphql, POST /graphql/<function> for the functions that own mutations, and their web routes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Config
from souk.app import FUNCTIONS, GATEWAY_SECONDS
from souk.graph.execution import GATEWAY
from souk.graph.requests import SHOW_COST
from souk.web import Route
from souk.web.cors import READABLE
from souk.web.http import REQUEST_TOO_LARGE

_RATE, _BURST = 500, 1000
_REQUEST_HEADERS = ["authorization", "content-type", "x-upwork-api-tenantid", SHOW_COST]
_GATEWAY_ERRORS: tuple[tuple[apigateway.ResponseType, int | None, str, str | None], ...] = (
    # response type, status (None: unchanged), our code, our message (None: API Gateway's)
    (apigateway.ResponseType.DEFAULT_4_XX, None, "BAD_REQUEST", None),
    (apigateway.ResponseType.DEFAULT_5_XX, None, "INTERNAL_SERVER_ERROR", "Internal server error"),
    (apigateway.ResponseType.UNAUTHORIZED, 401, "UNAUTHORIZED", None),
    (apigateway.ResponseType.ACCESS_DENIED, 403, "FORBIDDEN", None),
    # API Gateway reports an unknown path or method as a missing token.
    (apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN, 404, "NOT_FOUND", "The API is at POST /graphql"),
    (apigateway.ResponseType.REQUEST_TOO_LARGE, 413, "LIMIT_EXCEEDED", REQUEST_TOO_LARGE),
    (apigateway.ResponseType.THROTTLED, 429, "TOO_MANY_REQUESTS", "Too many requests"),
    (apigateway.ResponseType.QUOTA_EXCEEDED, 429, "TOO_MANY_REQUESTS", "Too many requests"),
    (apigateway.ResponseType.WAF_FILTERED, 403, "FORBIDDEN", "The firewall refused this request"),
    (apigateway.ResponseType.INTEGRATION_TIMEOUT, 504, "TIMEOUT", f"No answer within {GATEWAY_SECONDS} seconds"),
)
_ERROR_HEADERS = {name: f"'{value}'" for name, value in READABLE.items()} | {"X-Request-Id": "context.requestId"}


def graphql_error(code: str, message: str) -> dict[str, Any]:
    """Return a response in the format of the API's errors."""
    return {"errors": [{"message": message, "extensions": {"classification": "ExecutionAborted", "code": code}}]}


class Api(Construct):
    """A regional REST API. API Gateway's own error responses are JSON too."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        config: Config,
        *,
        functions: Mapping[str, lambda_.IFunction],
    ) -> None:
        """`functions` are the aliases of the API functions, by name."""
        super().__init__(scope, id_)
        log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=config.prefix,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN,  # it serves the whole account and region
            min_compression_size=Size.bytes(1024),
            binary_media_types=["multipart/form-data"],  # forms with files; other bodies are text
            deploy_options=apigateway.StageOptions(
                stage_name=config.stage,
                throttling_rate_limit=_RATE,
                throttling_burst_limit=_BURST,
                access_log_destination=apigateway.LogGroupLogDestination(log),
                tracing_enabled=config.tracing,
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            ),
        )
        self.rest.node.try_remove_child("Endpoint")  # an output that the stack's own one replaces
        self.stage = self.rest.deployment_stage
        for name, function in functions.items():
            if name == GATEWAY:
                self._serve("/graphql", function, ["GET", "POST"], any_origin=True)
            elif FUNCTIONS[name].kind == "api":
                self._serve(f"/graphql/{name}", function, ["POST"], any_origin=True)
            for path, routes in _by_resource(FUNCTIONS[name].routes).items():
                verbs = sorted({route.method for route in routes})
                self._serve(path, function, verbs, any_origin=any(route.any_origin for route in routes))
        self._permit_before_deployment()
        self._use_json_errors()
        self.domain_target = (
            self._add_domain(config.domain, config.certificate) if config.domain and config.certificate else None
        )
        """The target for the DNS record of the operator's domain."""

    def _serve(self, path: str, function: lambda_.IFunction, verbs: list[str], *, any_origin: bool) -> None:
        """Route requests for a path to a function. `any_origin` allows cross-origin requests from browsers."""
        resource = self.rest.root.resource_for_path(path)
        # A stack has at most 500 resources. The functions answer 405 for methods that they do not serve.
        for verb in verbs if any_origin or len(verbs) == 1 else ["ANY"]:
            resource.add_method(verb, _call(function))
        if any_origin and verbs != ["GET"]:  # browsers ask nothing before a plain GET
            resource.add_cors_preflight(
                allow_origins=["*"],
                allow_methods=verbs,
                allow_headers=_REQUEST_HEADERS,
                max_age=Duration.days(1),
            )

    def _permit_before_deployment(self) -> None:
        """Deploy the methods only when API Gateway may call the aliases that they lead to."""
        permissions = [child for child in self.rest.node.children if isinstance(child, lambda_.CfnPermission)]
        if deployment := self.rest.latest_deployment:
            deployment.node.add_dependency(*permissions)

    def _use_json_errors(self) -> None:
        for kind, status, code, message in _GATEWAY_ERRORS:
            # The variable is a JSON string that includes its quotes.
            body = json.dumps(graphql_error(code, message or "$MESSAGE"))
            self.rest.add_gateway_response(
                kind.response_type,
                type=kind,
                status_code=str(status) if status else None,
                response_headers=_ERROR_HEADERS,
                templates={"application/json": body.replace('"$MESSAGE"', "$context.error.messageString")},
            )

    def _add_domain(self, domain: str, certificate_arn: str) -> str:
        """Serve the API at the root of the operator's domain, and return the target for its DNS record."""
        name = self.rest.add_domain_name(
            "Domain",
            domain_name=domain,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        return name.domain_name_alias_domain_name


# API Gateway puts values into the text as they are. A quote in what a client sends, such as the user agent or the path,
# would end the JSON string and could forge a line. So these are values that AWS makes; the function's own line of the
# request has the client's.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "functionMilliseconds": "$context.integrationLatency",
    "error": "$context.error.responseType",
    "firewall": "$context.waf.status",
}


def _by_resource(routes: Iterable[Route[Any]]) -> dict[str, list[Route[Any]]]:
    """Return the routes by their resource's path in API Gateway."""
    by_resource: dict[str, list[Route[Any]]] = {}
    for route in routes:
        by_resource.setdefault(route.resource or route.path, []).append(route)
    return by_resource


def _call(function: lambda_.IFunction) -> apigateway.LambdaIntegration:
    # A permission for each method would name the stage, and so come after the deployment that needs it.
    return apigateway.LambdaIntegration(function, allow_test_invoke=False, scope_permission_to_method=False)
