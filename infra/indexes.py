"""Where the search indexes are, and what functions may do with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra import grants
from infra.cluster import SearchCluster
from infra.config import Config
from souk.domains import search_indexes


@dataclass(frozen=True)
class SearchIndexes:
    """The search indexes in a bucket, in a cluster, or in both while a deployment moves from one to the other."""

    config: Config
    stack: Stack
    bucket: s3.Bucket
    cluster: SearchCluster | None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of all functions (`souk.runtime.settings`)."""
        return {
            "SOUK_SEARCH_BUCKET": self.bucket.bucket_name,
            "SOUK_SEARCH": " ".join(self.config.search),
            "SOUK_SEARCH_ENDPOINT": self.endpoint,
        }

    @property
    def endpoint(self) -> str:
        """The URL of the cluster; empty if there is none."""
        return f"https://{self.cluster.domain.domain_endpoint}" if self.cluster else ""

    def read(self, *, private: bool) -> list[iam.PolicyStatement]:
        """Allow searching the indexes; without `private`, only those of what everybody may read.

        In all engines: while another version is deployed, functions search the engine of the version before.
        """
        statements = list(grants.read_search(self.bucket, private=private)) if self.config.uses_files else []
        if self.cluster:
            names = [one.schema.name for one in search_indexes() if private or not one.private]
            statements += [
                self._allow(["es:ESHttpPost"], *(f"{name}/_search" for name in names)),
                self._allow(["es:ESHttpGet"], *(f"{name}/_mapping" for name in names)),
            ]
        return statements

    def write(self) -> list[iam.PolicyStatement]:
        """Allow searching and changing all indexes, and making new generations of them."""
        statements = list(grants.write_search(self.bucket)) if self.config.uses_files else []
        if self.cluster:
            actions = ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete"]
            paths = (path for name in self._names for path in (f"{name}/*", f"{name}-*"))
            statements += [self._allow(actions, *paths), self._allow(["es:ESHttpPost"], "_aliases")]
        return statements

    def know(self) -> Iterator[iam.PolicyStatement]:
        """Allow reading what is known about each index: its size and its state, but none of its documents."""
        if self.config.uses_files:
            yield grants.read_pointers(self.bucket)
        if self.cluster:
            paths = (
                path for name in self._names for path in (f"{name}/_count", f"{name}/_alias", f"{name}-build/_alias")
            )
            yield self._allow(["es:ESHttpGet"], *paths)

    @property
    def _names(self) -> list[str]:
        return [one.schema.name for one in search_indexes()]

    def _allow(self, actions: list[str], *paths: str) -> iam.PolicyStatement:
        """Allow requests with these paths. The cluster's name is chosen, so its ARN needs no reference."""
        domain = self.stack.format_arn(service="es", resource="domain", resource_name=self.config.prefix)
        return iam.PolicyStatement(actions=actions, resources=[f"{domain}/{path}" for path in paths])
