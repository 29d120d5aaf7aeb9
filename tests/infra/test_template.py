"""The deployed resources: routes, storage, stream consumers, alarms, and the differences in the emulator."""

import json
import re
import sys
import zipfile
from collections import Counter

import pytest

from infra.layer import ROOT
from souk.app import FUNCTIONS, LIVE, graph
from souk.deadlines.model import deadline_key
from souk.deadlines.poller import CURSOR
from souk.domains.gigs.store import gig_key, number_key
from souk.domains.identity.store import organization_key, user_key
from souk.domains.jobs.store import job_key
from souk.domains.market.model import RelationKind
from souk.domains.market.store import client_record_key, freelancer_record_key, relation_key
from souk.domains.rooms.store import location_key, membership_key, note_key, room_key, story_key
from souk.domains.talent.store import profile_key
from souk.graph.execution import GATEWAY
from souk.graph.requests import SHOW_COST
from souk.runtime.settings import auth_settings, settings
from souk.storage import Key
from souk.storage.transaction import OUTBOX_PREFIX
from souk.values.errors import TooManyRequests
from souk.web.cors import EXPOSED, READABLE
from souk.web.rate_limits import limit_headers, refusal_headers
from tests.infra.conftest import MAIL_FROM
from tests.infra.template import AUTH, PAYMENTS, Json, Template, matches, methods, render
from tests.support.api import Souk
from tests.support.running import CHOICES

OWNERS = {name for name, spec in FUNCTIONS.items() if spec.kind == "api" and name != GATEWAY}
OUTBOX_RECORD = Key(f"{OUTBOX_PREFIX}1", "EVENT")
DEADLINE = deadline_key("2026-07-01T09", "2026-07-01T09:30:00.000Z", "offers.expiry", "1")
ROUTES = [(name, route) for name, spec in FUNCTIONS.items() for route in spec.routes]
TABLE = "AWS::DynamoDB::Table"
POOL = "AWS::Cognito::UserPool"
BUCKET = "AWS::S3::Bucket"


def test_every_function_has_its_path(aws_template: Template) -> None:
    called: dict[tuple[str, str], str] = {}
    aliases = {name: f"${{{logical}}}" for name, (logical, _) in aws_template.aliases.items()}
    for verb, path, method in methods(aws_template):
        if verb != "OPTIONS":
            assert method["Integration"]["Type"] == "AWS_PROXY"
            target = render(method["Integration"]["Uri"])
            (called[verb, path],) = (name for name, alias in aliases.items() if alias in target)
    api = {(verb, "/graphql"): GATEWAY for verb in ("GET", "POST")}
    api |= {("POST", f"/graphql/{owner}"): owner for owner in OWNERS}
    verbs: dict[str, set[str]] = {}
    for _, route in ROUTES:
        verbs.setdefault(route.resource or route.path, set()).add(route.method)
    by_path = {route.resource or route.path: (name, route) for name, route in ROUTES}
    pages = {("ANY" if len(verbs[path]) > 1 else route.method, path): name for path, (name, route) in by_path.items()}
    assert called == api | pages
    assert called["POST", "/oauth2/token"] == called["ANY", "/account/{page}"] == AUTH
    assert called["POST", "/payments/stripe"] == PAYMENTS


def test_shared_resource_covers_paths_of_its_routes() -> None:
    shared = [route for _, route in ROUTES if route.resource]
    assert shared
    for route in shared:
        pattern = re.sub(r"\{\w+\}", "[^/]+", route.resource.replace("{page+}", ".+"))
        assert re.fullmatch(pattern, route.path.rstrip("/")), route.path  # API Gateway takes a last slash off
        assert not route.any_origin, f"{route.path}: scripts of other sites may not read pages"


def test_path_is_served_by_one_function() -> None:
    owners = {route.path: name for name, route in ROUTES}
    assert [(name, route.path) for name, route in ROUTES if owners[route.path] != name] == []
    served = Counter((route.method, route.path) for _, route in ROUTES)
    assert [route for route, times in served.items() if times > 1] == [], "declared twice"


def test_token_endpoint_allows_any_origin_and_pages_none(aws_template: Template) -> None:
    """Browsers ask before they post to another origin, and not before a plain GET."""
    programs = {route.path for _, route in ROUTES if route.any_origin and route.method != "GET"}
    assert "/oauth2/token" in programs
    preflights = {path for verb, path, _ in methods(aws_template) if verb == "OPTIONS"}
    assert preflights == {"/graphql", *(f"/graphql/{owner}" for owner in OWNERS), *programs}


def test_each_mutation_runs_at_one_deployed_function(aws_template: Template) -> None:
    mutations = [root for root in graph().roots.values() if root.kind == "Mutation"]
    assert mutations
    assert {root.function for root in mutations} == OWNERS
    assert aws_template.functions.keys() > OWNERS


def test_deployed_functions_are_the_declared_ones(aws_template: Template) -> None:
    assert aws_template.functions.keys() == FUNCTIONS.keys()
    for name, function in aws_template.functions.items():
        assert function["FunctionName"] == f"souk-prod-{name.replace('_', '-')}"
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert function["LoggingConfig"]["LogFormat"] == "JSON"


def test_functions_have_all_their_settings(aws_template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function in aws_template.functions.items():
        for variable, value in function["Environment"]["Variables"].items():
            monkeypatch.setenv(variable, render(value))
        settings.cache_clear()
        own = settings()
        settings.cache_clear()
        assert (own.function, own.target, own.bus) == (name, "aws", render(_bus(aws_template)))
        assert own.function_name(name) == function["FunctionName"]
        assert own.address_limit == (300 if name == LIVE else None), "the firewall limits addresses of the REST API"


def test_auth_function_has_all_its_settings(
    aws_template: Template, local_template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for template in (aws_template, local_template):
        for variable, value in template.functions[AUTH]["Environment"]["Variables"].items():
            monkeypatch.setenv(variable, render(value))
        settings.cache_clear()
        auth_settings.cache_clear()
        found.append(auth_settings())
        settings.cache_clear()
        auth_settings.cache_clear()
    real, local = found
    (pool,) = aws_template.of(POOL)
    assert real.user_pool == f"${{{pool}}}"
    assert (real.mail_from, real.implicit, real.auto_consent) == (MAIL_FROM, False, None)
    assert (local.mail_from, local.implicit, local.auto_consent) == ("souk@souk.test", True, None)


def test_only_auth_function_has_user_pool_settings(aws_template: Template) -> None:
    own = set(aws_template.functions[AUTH]["Environment"]["Variables"])
    common = set(aws_template.functions["jobs"]["Environment"]["Variables"])
    assert own - common == {
        "SOUK_USER_POOL",
        "SOUK_USER_POOL_CLIENT",
        "SOUK_TOKEN_SECRET",
        "SOUK_MAIL_FROM",
        "SOUK_IMPLICIT",
        "SOUK_AUTO_CONSENT",
    }


def test_functions_limit_addresses_without_firewall(local_template: Template) -> None:
    limits = {
        function["Environment"]["Variables"]["SOUK_ADDRESS_LIMIT"] for function in local_template.functions.values()
    }
    assert limits == {CHOICES["SOUK_REQUESTS_PER_MINUTE"]}


def test_callers_have_longer_timeouts(aws_template: Template) -> None:
    front = aws_template.functions[GATEWAY]["Timeout"]
    assert front < 29, "API Gateway's timeout is 29 seconds"
    assert all(aws_template.functions[owner]["Timeout"] < front for owner in OWNERS)


def test_each_function_ships_its_handler(aws_template: Template) -> None:
    for function in aws_template.functions.values():
        with zipfile.ZipFile(aws_template.assets[function["Code"]["S3Key"]]) as archive:
            assert "handler.py" in archive.namelist()


def test_table_is_recoverable_encrypted_and_retained(aws_template: Template) -> None:
    _, resource = aws_template.named(TABLE, "StorageTable")
    table = resource["Properties"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_table_has_keys_of_storage_layer(aws_template: Template) -> None:
    _, resource = aws_template.named(TABLE, "StorageTable")
    table = resource["Properties"]
    keys = {"": table["KeySchema"]} | {
        index["IndexName"]: index["KeySchema"] for index in table["GlobalSecondaryIndexes"]
    }
    assert {name: [key["AttributeName"] for key in schema] for name, schema in keys.items()} == {
        index: [f"{index}PK", f"{index}SK"] for index in ("", "GSI1", "GSI2", "GSI3")
    }
    assert all(index["Projection"] == {"ProjectionType": "ALL"} for index in table["GlobalSecondaryIndexes"])


def test_counters_expire_and_have_no_stream(aws_template: Template) -> None:
    _, resource = aws_template.named(TABLE, "Counters")
    table = resource["Properties"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert "StreamSpecification" not in table
    assert "PointInTimeRecoverySpecification" not in table
    assert resource["DeletionPolicy"] == "Delete"


def test_user_pool_is_retained_with_email_sign_in(aws_template: Template) -> None:
    (resource,) = aws_template.of(POOL).values()
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    pool = resource["Properties"]
    assert pool["DeletionProtection"] == "ACTIVE"
    assert pool["AliasAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert [way["Name"] for way in pool["AccountRecoverySetting"]["RecoveryMechanisms"]] == ["verified_email"]
    schema = {attribute["Name"]: attribute for attribute in pool["Schema"]}
    assert schema.keys() == {"given_name", "family_name", "side", "company", "country", "terms"}
    assert schema["given_name"]["Required"]
    assert schema["family_name"]["Required"]


def test_codes_are_mailed_from_operators_domain(aws_template: Template) -> None:
    email = aws_template.one(POOL)["EmailConfiguration"]
    assert (email["EmailSendingAccount"], email["From"]) == ("DEVELOPER", f"Souk <{MAIL_FROM}>")
    assert render(email["SourceArn"]).endswith(":identity/mail.example.com")


def test_auth_function_writes_the_mails_of_codes(aws_template: Template) -> None:
    trigger = render(aws_template.one(POOL)["LambdaConfig"]["CustomMessage"])
    assert trigger.endswith(":function:souk-prod-auth:live")
    allowed = [
        permission
        for permission in aws_template.of("AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "cognito-idp.amazonaws.com"
    ]
    assert len(allowed) == 1, "Cognito may invoke no other function"


def test_pool_client_hides_which_users_exist(aws_template: Template) -> None:
    client = aws_template.one("AWS::Cognito::UserPoolClient")
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["GenerateSecret"] is False
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["AllowedOAuthFlowsUserPoolClient"] is False
    assert client["RefreshTokenValidity"] == client["AccessTokenValidity"] * 4 == 60
    assert set(client["TokenValidityUnits"].values()) == {"minutes"}
    assert not any(name in client["WriteAttributes"] for name in ("email_verified", "phone_number"))


def test_attachments_are_retained_but_not_search_index(aws_template: Template) -> None:
    policies = {name: bucket["DeletionPolicy"] for name, bucket in aws_template.of(BUCKET).items()}
    assert {("Attachments" in name, policy) for name, policy in policies.items()} == {
        (True, "Retain"),
        (False, "Delete"),
    }


def test_emulator_resources_are_deleted_with_stack(local_template: Template) -> None:
    kinds = (TABLE, BUCKET, POOL)
    resources = [resource for kind in kinds for resource in local_template.of(kind).values()]
    assert {resource["DeletionPolicy"] for resource in resources} == {"Delete"}


def test_buckets_are_private_encrypted_and_tls_only(aws_template: Template) -> None:
    policies = [policy["Properties"] for policy in aws_template.of("AWS::S3::BucketPolicy").values()]
    for name, bucket in aws_template.of(BUCKET).items():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        (policy,) = (policy for policy in policies if policy["Bucket"] == {"Ref": name})
        assert _refuses_plain_http(policy)


def test_queues_are_encrypted_and_tls_only(aws_template: Template) -> None:
    policies = [policy["Properties"] for policy in aws_template.of("AWS::SQS::QueuePolicy").values()]
    for name, queue in aws_template.of("AWS::SQS::Queue").items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
        (policy,) = (policy for policy in policies if policy["Queues"] == [{"Ref": name}])
        assert _refuses_plain_http(policy)


def test_logs_expire(aws_template: Template) -> None:
    groups = aws_template.of("AWS::Logs::LogGroup").values()
    kept = [group for group in groups if "RetentionInDays" not in group["Properties"]]
    assert len(groups) - len(kept) == len(FUNCTIONS) + 3, "one for each function, the APIs' access logs, the firewall's"
    assert all(group["Properties"]["RetentionInDays"] == 30 for group in groups if group not in kept)
    # What operators read is kept as long as the audit trail.
    assert [group["DeletionPolicy"] for group in kept] == ["Retain"]


@pytest.mark.parametrize(
    ("function", "passed", "dropped"),
    [
        (
            "relay",
            [("INSERT", OUTBOX_RECORD, "Event"), ("INSERT", DEADLINE, "Deadline")],
            [
                ("REMOVE", OUTBOX_RECORD, "Event"),
                ("INSERT", job_key("1"), "JobPosting"),
                ("REMOVE", DEADLINE, "Deadline"),
                ("INSERT", CURSOR.key(), "Cursor"),
            ],
        ),
        (
            "search_indexer",
            [
                ("INSERT", job_key("1"), "JobPosting"),
                ("REMOVE", job_key("1"), "JobPosting"),
                ("MODIFY", organization_key("1"), "Organization"),
                ("MODIFY", gig_key("a"), "Gig"),
                ("MODIFY", client_record_key("1"), "ClientRecord"),
                ("MODIFY", profile_key("1"), "Profile"),
                ("MODIFY", user_key("1"), "User"),
                ("INSERT", relation_key(RelationKind.CLOUD, "1", "2"), "MarketRelation"),
                ("INSERT", story_key("1", "2"), "Story"),
                ("MODIFY", room_key("1"), "Room"),
                ("INSERT", Key(user_key("1").pk, "MEMBER#2"), "Membership"),
            ],
            [
                ("INSERT", OUTBOX_RECORD, "Event"),
                ("INSERT", Key(job_key("1").pk, "PROPOSAL#1"), "Proposal"),
                ("INSERT", number_key("1"), "GigNumber"),
                ("INSERT", relation_key(RelationKind.CLIENT, "1", "2"), "MarketRelation"),
                ("MODIFY", freelancer_record_key("1"), "FreelancerRecord"),
                ("INSERT", location_key("1"), "StoryLocation"),
                ("MODIFY", membership_key("1", "2", "3"), "RoomMembership"),
                ("INSERT", note_key("1", "2", "3", "4"), "StoryNote"),
            ],
        ),
    ],
)
def test_stream_is_filtered_for_consumers(
    local_template: Template, function: str, passed: list[tuple[str, Key, str]], dropped: list[tuple[str, Key, str]]
) -> None:
    patterns = [
        json.loads(item["Pattern"]) for item in _mappings(local_template)[function]["FilterCriteria"]["Filters"]
    ]

    def passes(name: str, key: Key, kind: str) -> bool:
        keys = {"PK": {"S": key.pk}, "SK": {"S": key.sk}}
        record = {"eventName": name, "dynamodb": {"Keys": keys, "NewImage": {**keys, "type": {"S": kind}}}}
        return any(matches(pattern, record) for pattern in patterns)

    assert [passes(*record) for record in passed] == [True] * len(passed)
    assert [passes(*record) for record in dropped] == [False] * len(dropped)
    assert len(patterns) <= 5, "AWS allows five for a mapping"


def test_failed_records_become_dead_letters(aws_template: Template) -> None:
    for mapping in _mappings(aws_template).values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if "DestinationConfig" not in mapping:  # a queue's mapping, whose queue has its own dead-letter queue
            source = aws_template.resources[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
            queue = source["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert aws_template.resources[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 86_400
            continue
        queue = mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert aws_template.resources[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 86_400
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_no_function_reserves_concurrency(aws_template: Template) -> None:
    """A new account may run ten functions at once, and AWS lets nobody reserve the last hundred."""
    for function in aws_template.functions.values():
        assert "ReservedConcurrentExecutions" not in function


def test_guide_deletes_every_retained_resource(aws_template: Template) -> None:
    """A failed first deployment leaves what is retained; docs/deploying.md says how to delete it."""
    kept = {one["Type"] for one in aws_template.resources.values() if one.get("DeletionPolicy") == "Retain"}
    account_wide = {"AWS::ApiGateway::Account", "AWS::IAM::Role"}  # of API Gateway's logs; they stay
    commands = {
        "AWS::Cognito::UserPool": ("cognito-idp update-user-pool", "cognito-idp delete-user-pool"),
        "AWS::DynamoDB::Table": ("dynamodb update-table", "dynamodb delete-table"),
        "AWS::Logs::LogGroup": ("logs delete-log-group",),
        "AWS::S3::Bucket": ("s3api delete-bucket",),
        "AWS::SecretsManager::Secret": ("secretsmanager delete-secret",),
    }
    assert kept == commands.keys() | account_wide
    guide = (ROOT / "docs" / "deploying.md").read_text()
    assert "update-termination-protection" in guide
    for kind, needed in commands.items():
        assert all(f"aws {command} " in guide for command in needed), kind


def test_gateway_errors_have_api_format(aws_template: Template) -> None:
    statuses = {}
    for response in aws_template.of("AWS::ApiGateway::GatewayResponse").values():
        properties = response["Properties"]
        ((media_type, body),) = properties["ResponseTemplates"].items()
        assert media_type == "application/json"
        (error,) = json.loads(body.replace("$context.error.messageString", '"as it comes"'))["errors"]
        assert error["message"]
        assert error["extensions"].keys() == {"classification", "code"}
        if properties["ResponseType"] == "REQUEST_TOO_LARGE":
            assert "souk admin import KIND FILE" in error["message"], "the way out"
        statuses[properties["ResponseType"]] = properties.get("StatusCode")
    assert statuses == {
        "DEFAULT_4XX": None,
        "DEFAULT_5XX": None,
        "UNAUTHORIZED": "401",
        "ACCESS_DENIED": "403",
        "MISSING_AUTHENTICATION_TOKEN": "404",
        "REQUEST_TOO_LARGE": "413",
        "THROTTLED": "429",
        "QUOTA_EXCEEDED": "429",
        "INTEGRATION_TIMEOUT": "504",
        "WAF_FILTERED": "403",
    }


def test_responses_are_readable_from_any_origin(aws_template: Template, souk: Souk) -> None:
    preflights = {path: method for verb, path, method in methods(aws_template) if verb == "OPTIONS"}
    assert {"/graphql", *(f"/graphql/{owner}" for owner in OWNERS)} <= preflights.keys()
    for method in preflights.values():
        (answer,) = method["Integration"]["IntegrationResponses"]
        allowed = {name.rpartition(".")[2]: value for name, value in answer["ResponseParameters"].items()}
        assert allowed["Access-Control-Allow-Origin"] == "'*'"
        assert {"x-upwork-api-tenantid", SHOW_COST} <= set(
            allowed["Access-Control-Allow-Headers"].strip("'").split(",")
        )
    for response in aws_template.of("AWS::ApiGateway::GatewayResponse").values():
        parameters = response["Properties"]["ResponseParameters"]
        assert parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
        exposed = parameters["gatewayresponse.header.Access-Control-Expose-Headers"].strip("'")
        assert exposed == READABLE["Access-Control-Expose-Headers"]
        assert parameters["gatewayresponse.header.X-Request-Id"] == "context.requestId"
    headers = souk.post("{}").headers
    assert headers.items() >= READABLE.items()
    limited = limit_headers(1, 0, 1) + refusal_headers(TooManyRequests("", limit=1, reset=1))
    assert {name for name, _ in limited} | {"X-Request-Id", "WWW-Authenticate"} <= set(EXPOSED)


def test_emulator_template_matches_aws_with_known_exceptions(aws_template: Template, local_template: Template) -> None:
    kinds = [
        Counter(resource["Type"] for resource in each.resources.values()) for each in (aws_template, local_template)
    ]
    assert kinds[0] - kinds[1] == {
        "AWS::Logs::MetricFilter": len(FUNCTIONS),  # the emulator has no metric math, which alarms need for them
        "AWS::Events::Archive": 1,
        "AWS::WAFv2::WebACL": 1,
        "AWS::WAFv2::WebACLAssociation": 1,
        "AWS::WAFv2::LoggingConfiguration": 1,
        "AWS::CloudWatch::Alarm": 4 + len(local_template.aliases),  # with metric math, and of new versions
        "AWS::Logs::LogGroup": 2,  # of the firewall, and of access to sockets
        "AWS::S3::BucketPolicy": 2,  # plain HTTP is refused only in AWS
        "AWS::SQS::QueuePolicy": 7,
        "AWS::ApiGatewayV2::RouteResponse": 1,  # the emulator always returns the answer
        # CodeDeploy, with an alarm on each new version
        "AWS::CodeDeploy::Application": 1,
        "AWS::CodeDeploy::DeploymentGroup": len(local_template.aliases),
        "AWS::IAM::Role": 1,
    }
    assert not kinds[1] - kinds[0]


def test_emulator_uses_this_python_version(local_template: Template) -> None:
    runtimes = {function["Runtime"] for function in local_template.functions.values()}
    assert runtimes == {f"python3.{sys.version_info.minor}"}


def test_outputs_name_resources(local_template: Template) -> None:
    assert local_template.outputs.keys() == {
        "ApiUrl",
        "ApiId",
        "ApiStage",
        "TableName",
        "AttachmentsBucket",
        "SearchBucket",
        "CursorSecret",
        "OperatorLog",
        "TokenSecret",
        "UserPool",
        "BusName",
        "Prefix",
        "Production",
        "Currencies",
        "FunctionNames",
        "LiveApiId",
        "LiveUrl",
    }


def _bus(template: Template) -> Json:
    (name,) = template.of("AWS::Events::EventBus")
    return {"Ref": name}


def _mappings(template: Template) -> dict[str, Json]:
    mappings = [resource["Properties"] for resource in template.of("AWS::Lambda::EventSourceMapping").values()]
    names = {
        logical: resource["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"]
        for logical, resource in template.of("AWS::Lambda::Function").items()
    }
    return {names[mapping["FunctionName"]["Ref"]]: mapping for mapping in mappings}


def _refuses_plain_http(policy: Json) -> bool:
    return any(
        statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )
