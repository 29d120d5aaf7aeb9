"""The permissions of each function, by evaluating the template's policies."""

import json
from collections.abc import Iterator

import pytest

from souk.app import CLOCK, DOMAINS, FUNCTIONS, IMAGES, LIVE, FunctionSpec
from souk.domains import search_indexes
from souk.domains.files.model import COPIES
from souk.graph.execution import GATEWAY, WEB
from tests.infra.conftest import MAIL_FROM
from tests.infra.template import AUTH, Json, Template, listed, render

WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
CHECK = "dynamodb:ConditionCheckItem"
READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
API = [name for name, spec in FUNCTIONS.items() if spec.kind in ("api", "pages")]
OWNERS = [spec for spec in FUNCTIONS.values() if spec.writes and spec.kind == "api"]
TABLE = "AWS::DynamoDB::Table"
OPERATOR = "operator"
LEADING = "dynamodb:LeadingKeys"
ENDS = ("/index/GSI1", "/index/GSI2", "/index/GSI3")


@pytest.fixture(scope="session")
def table(aws_template: Template) -> str:
    name, _ = aws_template.named(TABLE, "StorageTable")
    return f"${{{name}.Arn}}"


@pytest.fixture(scope="session")
def counters(aws_template: Template) -> str:
    name, _ = aws_template.named(TABLE, "Counters")
    return f"${{{name}.Arn}}"


@pytest.fixture(scope="session")
def buckets(aws_template: Template) -> dict[str, str]:
    names = aws_template.of("AWS::S3::Bucket")
    return {"attachments" if "Attachments" in name else "search": f"${{{name}.Arn}}" for name in names}


def _statements(template: Template) -> Iterator[tuple[str, Json]]:
    for function in template.functions:
        for statement in template.statements(function):
            yield function, statement


def test_each_function_has_its_own_role(aws_template: Template) -> None:
    roles = [aws_template.role_of(function) for function in FUNCTIONS]
    assert len(set(roles)) == len(FUNCTIONS)
    for role in roles:
        properties = aws_template.resources[role]["Properties"]
        assert "ManagedPolicyArns" not in properties
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert not aws_template.of("AWS::IAM::Policy"), "a construct has added a grant on its own"


def test_no_statement_allows_everything(aws_template: Template) -> None:
    for function, statement in _statements(aws_template):
        assert statement["Effect"] == "Allow"
        assert not [action for action in listed(statement["Action"]) if "*" in action], function
        if statement["Action"] == "cloudwatch:GetMetricStatistics":
            continue  # CloudWatch knows no resources for metrics
        for resource in map(render, listed(statement["Resource"])):
            service = resource.partition("*")[0]
            assert "${" in service, f"{function} may reach beyond this stack: {resource}"


def test_only_exports_and_the_indexer_may_scan(aws_template: Template, table: str) -> None:
    for function in FUNCTIONS:
        for resource in (table, *(f"{table}{end}" for end in ENDS)):
            scans = function in ("search_indexer", "operator") and resource == table
            assert aws_template.may(function, "dynamodb:Scan", resource) is scans
            assert not aws_template.may(function, "dynamodb:PartiQLSelect", resource)


@pytest.mark.parametrize("function", API)
def test_api_functions_read_everything(
    aws_template: Template, table: str, buckets: dict[str, str], function: str
) -> None:
    for action in READS:
        assert aws_template.may(function, action, table, {LEADING: ["ORG#1"]})
    for end in ENDS:
        assert aws_template.may(function, "dynamodb:Query", f"{table}{end}", {LEADING: ["ORG#1"]})
    assert aws_template.may(function, "s3:GetObject", f"{buckets['search']}/search/jobs/current")
    assert aws_template.may(function, "s3:GetObject", f"{buckets['attachments']}/attachments/1")
    assert not aws_template.may(function, "s3:GetObject", f"{buckets['attachments']}/elsewhere")
    assert not aws_template.may(function, "s3:PutObject", f"{buckets['search']}/search/meta.json")


def test_only_queries_and_the_indexer_read_private_indexes(aws_template: Template, buckets: dict[str, str]) -> None:
    private = [one.schema.name for one in search_indexes() if one.private]
    assert private == ["stories", "people", "organizations"]
    for name in private:
        for file, further in (("files/1", set[str]()), ("current", {OPERATOR})):
            key = f"{buckets['search']}/search/{name}/{file}"
            may = {function for function in FUNCTIONS if aws_template.may(function, "s3:GetObject", key)}
            assert may == {GATEWAY, WEB, "search_indexer", "search_fanout"} | further


def test_gateway_function_writes_nothing(aws_template: Template, table: str, buckets: dict[str, str]) -> None:
    for action in WRITES:
        assert not aws_template.may(GATEWAY, action, table, {LEADING: ["JOB#1"]})
    assert not aws_template.may(GATEWAY, "s3:PutObject", f"{buckets['attachments']}/attachments/1")


def test_only_functions_of_requests_count_them(aws_template: Template, counters: str) -> None:
    may = {
        name: {action for action in READS + WRITES if aws_template.may(name, action, counters)} for name in FUNCTIONS
    }
    assert may == {
        name: {"dynamodb:BatchGetItem", "dynamodb:UpdateItem"} if name in (*API, LIVE) else set[str]()
        for name in FUNCTIONS
    }


def test_pages_read_the_token_secret_and_auth_sends_mail(aws_template: Template) -> None:
    secret, _ = aws_template.named("AWS::SecretsManager::Secret", "TokenSecret")
    domain = MAIL_FROM.partition("@")[2]
    identity = f"arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:identity/{domain}"
    for action, resource, functions in (
        ("secretsmanager:GetSecretValue", f"${{{secret}.Id}}", {AUTH, WEB}),
        ("ses:SendEmail", identity, {AUTH}),
    ):
        assert {name for name in FUNCTIONS if aws_template.may(name, action, resource)} == functions
    assert not aws_template.may(AUTH, "ses:SendEmail", identity.replace(domain, "other.example.com"))


def test_functions_do_little_in_the_user_pool(aws_template: Template) -> None:
    found = {
        (name, action)
        for name, statement in _statements(aws_template)
        for action in listed(statement["Action"])
        if action.startswith("cognito")
    }
    turns_off = {"cognito-idp:AdminSetUserMFAPreference", "cognito-idp:ListUsers"}
    assert found == {(OPERATOR, "cognito-idp:AdminDeleteUser"), *((AUTH, action) for action in turns_off)}


def test_one_function_writes_copies_of_data(aws_template: Template, buckets: dict[str, str]) -> None:
    copy = f"{buckets['attachments']}/{COPIES}1/a"
    assert [name for name in FUNCTIONS if aws_template.may(name, "s3:PutObject", copy)] == [OPERATOR]
    assert [name for name in FUNCTIONS if aws_template.may(name, "s3:GetObject", copy)] == [GATEWAY, OPERATOR, WEB]


def test_there_are_owner_functions() -> None:
    assert "jobs" in {spec.name for spec in OWNERS}


@pytest.mark.parametrize("spec", OWNERS, ids=lambda spec: spec.name)
def test_owner_writes_only_its_keys(aws_template: Template, table: str, spec: FunctionSpec) -> None:
    for action in WRITES:
        for prefix in spec.writes:
            assert aws_template.may(spec.name, action, table, {LEADING: [f"{prefix}1"]})
            assert not aws_template.may(spec.name, action, table, {LEADING: [f"{prefix}1", "KEYS#OF#NOBODY"]})
        for other in FUNCTIONS.values():
            for prefix in set(other.writes) - set(spec.writes):
                assert not aws_template.may(spec.name, action, table, {LEADING: [f"{prefix}1"]})
    conditions = [
        statement["Condition"]
        for name, statement in _statements(aws_template)
        if name == spec.name and "Condition" in statement
    ]
    assert conditions == [
        {"ForAllValues:StringNotEquals": {LEADING: ["TESTCLOCK"]}},
        *(
            {"ForAllValues:StringLike": {LEADING: [f"{prefix}*" for prefix in prefixes]}}
            for prefixes in (spec.writes, spec.appends)
            if prefixes
        ),
    ]


def test_no_function_reads_or_moves_the_test_clock_in_production(aws_template: Template, table: str) -> None:
    for function in FUNCTIONS:
        for action in READS + WRITES:
            assert not aws_template.may(function, action, table, {LEADING: ["TESTCLOCK"]}), function
            assert not aws_template.may(function, action, table, {LEADING: ["ORG#1", "TESTCLOCK"]}), function
        environment = aws_template.functions[function]["Environment"]["Variables"]
        assert environment["SOUK_TEST_CLOCK"] == "off"


def test_audit_trail_can_only_be_appended(aws_template: Template, table: str) -> None:
    trail = {LEADING: ["AUDIT#2026-07"]}
    appending = [name for name, spec in FUNCTIONS.items() if spec.appends]
    assert OPERATOR in appending
    for name in FUNCTIONS:
        allowed = [action for action in WRITES if aws_template.may(name, action, table, trail)]
        assert allowed == (["dynamodb:PutItem"] if name in appending else []), name


def test_what_operators_read_can_only_be_appended(aws_template: Template) -> None:
    name, _ = aws_template.named("AWS::Logs::LogGroup", "OperatorReads")
    group = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{{name}}}"
    allowed = {
        name: {
            action
            for _, statement in _statements(aws_template)
            for action in listed(statement["Action"])
            if action.startswith("logs:") and aws_template.may(name, action, f"{group}:log-stream:1")
        }
        for name in FUNCTIONS
    }
    for name in (GATEWAY, WEB, OPERATOR):  # they run what operators read
        assert allowed.pop(name) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert not any(allowed.values())


def test_operator_writes_only_people_and_content(aws_template: Template, table: str) -> None:
    for prefix in ("TOKEN#", "GRANT#", "SESSION#", "LEDGER#", "UNIQ#operators#"):
        assert not aws_template.may(OPERATOR, "dynamodb:PutItem", table, {LEADING: [f"{prefix}1"]})
    for prefix in ("USER#", "ORG#", "FREELANCER_PROFILE#", "GIG#", "JOB#", "KEY#"):
        assert aws_template.may(OPERATOR, "dynamodb:PutItem", table, {LEADING: [f"{prefix}1"]})


@pytest.mark.parametrize(
    ("action", "prefix", "functions"),
    [
        ("s3:PutObject", "uploads", ["jobs"]),
        ("s3:PutObject", "attachments", ["jobs"]),
        ("s3:PutObject", "originals", ["jobs"]),
        ("s3:PutObject", "pictures", [IMAGES]),
        ("s3:PutObject", "exports", [GATEWAY, WEB]),
        ("s3:GetObject", "exports", [GATEWAY, WEB]),
        ("s3:PutObject", "elsewhere", []),
        ("s3:DeleteObject", "uploads", ["jobs"]),
        ("s3:DeleteObject", "attachments", ["jobs"]),
        ("s3:DeleteObject", "originals", ["jobs", IMAGES]),
        ("s3:DeleteObject", "pictures", ["jobs", IMAGES]),
        ("s3:GetObject", "uploads", ["jobs"]),
        ("s3:GetObject", "originals", [IMAGES]),
        ("s3:GetObject", "pictures", ["jobs"]),
        ("s3:DeleteObjectVersion", "attachments", []),
        ("s3:DeleteObjectVersion", "private", ["jobs"]),
        ("s3:DeleteObjectVersion", "uploads/private", ["jobs"]),
        ("s3:PutObject", "private", [IMAGES]),
        ("s3:GetObject", "uploads/private", ["jobs", IMAGES]),
        ("s3:PutBucketNotification", "", []),
    ],
)
def test_only_files_functions_use_the_bucket(
    aws_template: Template, buckets: dict[str, str], action: str, prefix: str, functions: list[str]
) -> None:
    """Uploads and originals may contain what nobody has checked: only the functions that check them read them."""
    assert next(domain.function for domain in DOMAINS if domain.name == "files") == "jobs"
    resource = f"{buckets['attachments']}/{prefix}/1" if prefix else buckets["attachments"]
    assert sorted(name for name in FUNCTIONS if aws_template.may(name, action, resource)) == sorted(functions)


def test_images_accesses_only_files_and_deadlines(aws_template: Template, table: str) -> None:
    def may(*keys: str) -> set[str]:
        return {each for each in (*READS, *WRITES, CHECK) if aws_template.may(IMAGES, each, table, {LEADING: [*keys]})}

    reads = {"dynamodb:GetItem", "dynamodb:Query", CHECK}
    assert may("FILE#1") == reads, "it cannot confirm a file"
    assert may("PICTURE#1") == {*reads, *WRITES}
    assert may("DUE#2026-07-01T09") == set(WRITES)
    for other in ("USER#1", "ORG#1", "TOKEN#1"):
        assert may(other) == set()
    assert not any(aws_template.may(IMAGES, "dynamodb:Query", f"{table}{end}") for end in ENDS)


def test_only_owners_may_check_conditions(aws_template: Template, table: str) -> None:
    """Creating an offer checks that its job has not changed, and jobs belong to another function."""
    may = [name for name in FUNCTIONS if aws_template.may(name, CHECK, table, {LEADING: ["JOB#1"]})]
    assert may == [spec.name for spec in OWNERS if spec.kind == "api"]


def test_matcher_writes_only_matches(aws_template: Template, table: str) -> None:
    def may(key: str) -> set[str]:
        return {one for one in (*WRITES, CHECK) if aws_template.may("search_matcher", one, table, {LEADING: [key]})}

    assert may("SAVEDSEARCH#SHARD#1") == {CHECK}, "it cannot change a search"
    for key in ("SAVEDMATCH#1", "OUTBOX#1", "DUE#2026-07-01T09"):
        assert may(key) == set(WRITES)
    for key in ("JOB#1", "USER#1", "WEBHOOKS#1"):
        assert may(key) == set()
    assert aws_template.may("search_matcher", "dynamodb:Query", table)


def test_domain_joins_each_other_domain_once() -> None:
    for domain in DOMAINS:
        assert domain.name not in domain.joins, domain.name
        assert len(set(domain.joins)) == len(domain.joins), domain.name


def test_talent_function_changes_files_but_no_objects(
    aws_template: Template, table: str, buckets: dict[str, str]
) -> None:
    assert aws_template.may("talent", "dynamodb:PutItem", table, {LEADING: ["FILE#1"]})
    assert not aws_template.may("talent", "dynamodb:PutItem", table, {LEADING: ["PICTURE#1"]})
    assert not aws_template.may("talent", "s3:DeleteObject", f"{buckets['attachments']}/attachments/1")


def test_jobs_function_writes_jobs(aws_template: Template, table: str) -> None:
    assert aws_template.may("jobs", "dynamodb:PutItem", table, {LEADING: ["JOB#1"]})
    assert not aws_template.may("jobs", "dynamodb:PutItem", table, {LEADING: ["ORG#1"]})


@pytest.mark.parametrize("function", [*API, CLOCK])
def test_functions_invoke_only_declared_ones(aws_template: Template, function: str) -> None:
    def arn(other: str) -> str:
        name = FUNCTIONS[other].name.replace("_", "-")
        return f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:souk-prod-{name}"

    invoked = {other for other in FUNCTIONS if aws_template.may(function, "lambda:InvokeFunction", arn(other))}
    again = {CLOCK, IMAGES, "search_indexer"} if "machinery" in FUNCTIONS[function].uses else set[str]()
    assert invoked == set(FUNCTIONS[function].invokes) | again


def test_relay_puts_events_and_cannot_read_table(aws_template: Template, table: str) -> None:
    (bus,) = aws_template.of("AWS::Events::EventBus")
    assert aws_template.may("relay", "events:PutEvents", f"${{{bus}.Arn}}")
    assert not any(aws_template.may("relay", action, table, {LEADING: ["JOB#1"]}) for action in READS + WRITES)
    put = {name for name in FUNCTIONS if aws_template.may(name, "events:PutEvents", f"${{{bus}.Arn}}")}
    assert put == {"relay", OPERATOR}, "operators send events again"


def test_only_two_functions_write_search_bucket(aws_template: Template, table: str, buckets: dict[str, str]) -> None:
    meta = f"{buckets['search']}/search/meta.json"
    writers = [name for name in FUNCTIONS if aws_template.may(name, "s3:PutObject", meta)]
    assert writers == ["search_indexer", "search_fanout"]
    for name in writers:
        assert aws_template.may(name, "s3:DeleteObject", meta)
        assert not any(aws_template.may(name, action, table, {LEADING: ["JOB#1"]}) for action in WRITES)


def test_clock_accesses_only_deadlines(aws_template: Template, table: str, buckets: dict[str, str]) -> None:
    due, other = {LEADING: ["DUE#2026-07-01T09"]}, {LEADING: ["OFFER#1"]}
    assert {action for action in READS + WRITES if aws_template.may(CLOCK, action, table, due)} == {
        "dynamodb:GetItem",
        "dynamodb:Query",
        *WRITES,
    }
    assert not any(aws_template.may(CLOCK, action, table, other) for action in READS + WRITES)
    assert not any(aws_template.may(CLOCK, "dynamodb:Query", f"{table}{end}", due) for end in ENDS)
    for bucket in buckets.values():
        assert not aws_template.may(CLOCK, "s3:GetObject", f"{bucket}/attachments/1")


def test_owners_may_schedule_deadlines(aws_template: Template, table: str) -> None:
    for spec in OWNERS:
        assert aws_template.may(spec.name, "dynamodb:PutItem", table, {LEADING: ["DUE#2026-07-01T09"]})


def test_emulator_roles_match_aws_with_known_exceptions(aws_template: Template, local_template: Template) -> None:
    for function in FUNCTIONS:
        ours, theirs = aws_template.statements(function), local_template.statements(function)
        name, _ = local_template.named(TABLE, "StorageTable")
        clock = {("dynamodb:BatchGetItem", json.dumps({"Fn::GetAtt": [name, "Arn"]}))}  # it is not in production
        assert _allowed(ours, "souk-local") | clock == _allowed(theirs, "souk-local"), function
        assert not any("Condition" in statement for statement in local_template.statements(function))


def _allowed(statements: list[Json], prefix: str) -> set[tuple[str, str]]:
    """Return each action with its resource. Without conditions, the CDK merges several statements.

    The emulator does not support the resource of `ses:SendEmail`, and has a separate action for sending batches.
    """
    return {
        (action, "" if action == "ses:SendEmail" else json.dumps(resource).replace("souk-prod", prefix))
        for statement in statements
        for action in listed(statement["Action"])
        if action != "sqs:SendMessageBatch"
        for resource in listed(statement["Resource"])
    }
