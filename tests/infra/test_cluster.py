"""The search cluster, and moving to it: its own template, the settings and the permissions of functions."""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from infra.alarms import RUNBOOK, Alarms
from infra.cluster import SearchCluster
from infra.config import Config, read_config
from infra.functions import scratch
from infra.indexes import SearchIndexes
from infra.layer import ROOT
from souk.app import FUNCTIONS
from souk.domains import search_indexes
from souk.graph.execution import GATEWAY

ENGINES = ("tantivy", "tantivy,opensearch", "opensearch,tantivy", "opensearch")
"""The choices of a deployment that moves, in order."""


def config(search: str = "opensearch", **context: str) -> Config:
    return read_config(({"search": search} | context).get)


def indexes(search: str) -> SearchIndexes:
    chosen = config(search)
    stack = Stack(App(), "Souk")
    cluster = SearchCluster(stack, "SearchCluster", chosen) if chosen.uses_cluster else None
    return SearchIndexes(chosen, stack, s3.Bucket(stack, "Search"), cluster)


@pytest.fixture(scope="module")
def template() -> Template:
    stack = Stack(App(), "Souk")
    cluster = SearchCluster(stack, "SearchCluster", config())
    Alarms(stack, config()).watch_cluster(cluster)
    return Template.from_stack(cluster)


def only(template: Template, kind: str) -> Any:
    (resource,) = template.find_resources(kind).values()
    return resource


def test_cluster_is_encrypted_and_open_to_nobody(template: Template) -> None:
    domain = only(template, "AWS::OpenSearchService::Domain")
    properties = domain["Properties"]
    assert "AccessPolicies" not in properties, "only the policies of roles allow requests"
    assert "AdvancedSecurityOptions" not in properties
    assert properties["EncryptionAtRestOptions"] == {"Enabled": True}
    assert properties["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert properties["DomainEndpointOptions"]["EnforceHTTPS"]
    assert properties["DomainEndpointOptions"]["TLSSecurityPolicy"] == "Policy-Min-TLS-1-2-PFS-2023-10"
    assert properties["AdvancedOptions"]["rest.action.multi.allow_explicit_index"] == "false"
    assert (domain["DeletionPolicy"], properties["DomainName"]) == ("Delete", "souk-prod")


def test_nodes_are_spread_over_zones(template: Template) -> None:
    cluster = only(template, "AWS::OpenSearchService::Domain")["Properties"]["ClusterConfig"]
    assert (cluster["InstanceCount"], cluster["InstanceType"]) == (3, "m7g.medium.search")
    assert cluster["ZoneAwarenessConfig"] == {"AvailabilityZoneCount": 3}
    stack = Stack(App(), "Souk")
    chosen = config(searchNodes="1", searchInstance="r7g.large.search", searchStorage="100")
    single = Template.from_stack(SearchCluster(stack, "SearchCluster", chosen))
    properties = only(single, "AWS::OpenSearchService::Domain")["Properties"]
    assert properties["ClusterConfig"]["InstanceType"] == "r7g.large.search"
    assert not properties["ClusterConfig"].get("ZoneAwarenessEnabled")
    assert properties["EBSOptions"]["VolumeSize"] == 100


def test_alarms_watch_the_cluster(template: Template) -> None:
    alarms = {
        one["Properties"]["AlarmName"]: one["Properties"]
        for one in template.find_resources("AWS::CloudWatch::Alarm").values()
    }
    assert alarms.keys() == {
        f"souk-prod-search-cluster-{what}" for what in ("red", "yellow", "full", "blocked", "memory")
    }
    sections = (ROOT / RUNBOOK).read_text()
    for alarm in alarms.values():
        assert alarm["AlarmDescription"].endswith(f"{RUNBOOK}#search-cluster")
    assert "\n## search-cluster\n" in sections
    (used,) = (one for one in alarms["souk-prod-search-cluster-full"]["Metrics"] if "Expression" in one)
    assert used["Expression"] == "100 - 100 * free / 20480"


def allows(statements: Iterable[iam.PolicyStatement], action: str, path: str) -> bool:
    """Return whether statements allow an action on a path of the cluster."""
    for statement in (json.loads(json.dumps(one.to_json())) for one in statements):
        actions, resources = (
            value if isinstance(value, list) else [value] for value in (statement["Action"], statement["Resource"])
        )
        named = (json.dumps(one).rpartition("domain/")[2].rpartition('"')[0] for one in resources)
        if action in actions and any(fnmatchcase(f"souk-prod/{path}", one) for one in named):
            return True
    return False


def test_functions_search_only_what_they_may_read() -> None:
    own = indexes("opensearch")
    for index in search_indexes():
        for private in (True, False):
            may = allows(own.read(private=private), "es:ESHttpPost", f"{index.schema.name}/_search")
            assert may is (private or not index.private)
    everything = own.read(private=True)
    for action, path in (
        ("es:ESHttpPost", "_search"),
        ("es:ESHttpPost", "jobs/_bulk"),
        ("es:ESHttpPut", "jobs/_search"),
        ("es:ESHttpGet", "jobs/_search"),
        ("es:ESHttpPost", "jobs,stories/_search"),
        ("es:ESHttpDelete", "jobs-0123456789ab-0123456789ab"),
    ):
        assert not allows(everything, action, path)


def test_only_what_is_known_of_indexes_is_shown_to_operators() -> None:
    known = list(indexes("opensearch").know())
    assert allows(known, "es:ESHttpGet", "stories/_count")
    assert allows(known, "es:ESHttpGet", "stories-build/_alias")
    assert not any(allows(known, f"es:ESHttp{verb}", "stories/_search") for verb in ("Get", "Post", "Put"))


def test_writers_change_indexes_and_nothing_else_of_the_cluster() -> None:
    allowed = indexes("opensearch").write()
    for action, path in (
        ("es:ESHttpPost", "jobs/_bulk"),
        ("es:ESHttpPost", "jobs/_search"),
        ("es:ESHttpPost", "jobs-write-0123456789ab-0123456789ab/_bulk"),
        ("es:ESHttpGet", "jobs-*"),
        ("es:ESHttpPut", "jobs-0123456789ab-0123456789ab"),
        ("es:ESHttpPut", "jobs-0123456789ab-0123456789ab/_mapping"),
        ("es:ESHttpDelete", "jobs-0123456789ab-0123456789ab"),
        ("es:ESHttpPost", "_aliases"),
    ):
        assert allows(allowed, action, path), path
    for path in ("_cluster/settings", "_bulk", "_snapshot/one", ".kibana"):
        assert not any(allows(allowed, f"es:ESHttp{verb}", path) for verb in ("Get", "Post", "Put", "Delete")), path


@pytest.mark.parametrize("search", ENGINES)
def test_functions_have_their_engines(search: str) -> None:
    """Between two deployments that follow each other, functions of both can search what they are told to."""
    own = indexes(search)
    assert own.environment["SOUK_SEARCH"].split() == search.split(",")
    assert bool(own.environment["SOUK_SEARCH_ENDPOINT"]) is ("opensearch" in search)
    texts = str([one.to_json() for one in (*own.read(private=True), *own.write(), *own.know())])
    assert ("s3:" in texts, "es:" in texts) == ("tantivy" in search, "opensearch" in search)


def test_functions_keep_no_copies_without_files() -> None:
    spec = FUNCTIONS[GATEWAY]
    assert scratch(spec, config("opensearch")) == 512 < scratch(spec, config("tantivy,opensearch"))


def test_engines_are_chosen_from_those_that_there_are() -> None:
    assert config("").search == read_config(dict[str, str]().get).search == ("tantivy",)
    for context, message in (
        ({"search": "elasticsearch"}, "tantivy or opensearch"),
        ({"search": "tantivy,tantivy"}, "named once"),
        ({"search": "opensearch", "target": "local"}, "emulator"),
        ({"searchNodes": "0"}, "1 at least"),
        ({"searchInstance": "t3.small"}, "type of nodes"),
        ({"searchStorage": "5"}, "10 at least"),
    ):
        with pytest.raises(ValueError, match=message):
            read_config(context.get)
