"""Creates functions from their specifications: code, layer, environment, log and role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import Size as StorageSize
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import assets
from infra.archive import content_hash, pack, source_files
from infra.config import Config
from infra.grants import invoke
from infra.layer import BUILD, ROOT, build_layer, build_packages, platform_of
from infra.releases import Releases
from souk.app import FUNCTIONS, FunctionSpec, Resource
from souk.runtime.settings import ALIAS

_CALLED = frozenset({"api", "pages", "sockets"})
"""The kinds of functions whose callers wait for the answer. Lambda calls the others again when they fail."""
_LEAST_SCRATCH = 512
"""MiB of /tmp that every function has, and all that one with SnapStart can have."""


@dataclass(frozen=True, slots=True)
class Provision:
    """The settings and permissions of a function that uses a resource."""

    environment: Mapping[str, str]
    grants: Sequence[iam.PolicyStatement]


class Functions(Construct):
    """Creates functions, with the layer and settings that they share."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        config: Config,
        environment: Mapping[str, str],
        resources: Mapping[Resource, Provision],
        *,
        grants: Sequence[iam.PolicyStatement],
        files: Mapping[str, Path],
    ) -> None:
        """`environment` and `grants` are for all functions; `resources` are for those that use them.

        `files` are brought along by all functions, by their path in the archive.
        """
        super().__init__(scope, id_)
        self._grants = grants
        self._files = files
        self.config = config
        self._environment = environment
        self._resources = dict(resources)
        self.releases = Releases(self, "Releases", config)
        platform = platform_of(config.target)
        self._architecture = lambda_.Architecture.ARM_64 if platform.machine == "arm64" else lambda_.Architecture.X86_64
        self._runtime = lambda_.Runtime(
            f"python{platform.python}", lambda_.RuntimeFamily.PYTHON, supports_snap_start=True
        )
        self._layer = lambda_.LayerVersion(
            self,
            "Layer",
            layer_version_name=config.prefix,
            description="The souk package, its compiled schema, and the packages they need",
            code=_asset(build_layer(config.target, precompile=config.precompile)),
            compatible_runtimes=[self._runtime],
            compatible_architectures=[self._architecture],
        )

    def provide(self, resource: Resource, provision: Provision) -> None:
        """Add a resource that exists only now, for the functions that are made from now on."""
        self._resources[resource] = provision

    def name_of(self, function: str) -> str:
        """Return the physical name of a function, which other functions use to invoke it."""
        return f"{self.config.prefix}-{function.replace('_', '-')}"

    def arn_of(self, function: str) -> str:
        """Return the ARN of a function, which need not exist yet."""
        return Stack.of(self).format_arn(
            service="lambda",
            resource="function",
            resource_name=self.name_of(function),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def alias_arn_of(self, function: str) -> str:
        """Return the ARN of a function's alias, which need not exist yet."""
        return f"{self.arn_of(function)}:{ALIAS}"

    def make(self, spec: FunctionSpec, grants: Sequence[iam.PolicyStatement]) -> lambda_.Function:
        """Create the function with the code in `functions/<name>`.

        Its role has the grants, the permissions for the spec's `invokes` and `uses`, and those for its log. A function
        whose callers wait is published under its alias (`releases.aliases`).
        """
        function, size = spec.name, spec.size
        used = [self._resources[resource] for resource in spec.uses]
        statements = [*grants]
        if spec.invokes:
            # Earlier releases call functions without the alias, and run beside this one while it is deployed.
            arns = [arn_of(name) for arn_of in (self.arn_of, self.alias_arn_of) for name in spec.invokes]
            statements.append(invoke(arns))
        statements.extend(statement for resource in used for statement in resource.grants)
        environment = {name: value for resource in used for name, value in resource.environment.items()}
        parent = Construct(self, function)
        log = logs.LogGroup(
            parent,
            "Log",
            log_group_name=f"/aws/lambda/{self.name_of(function)}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        write_log = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log.log_group_arn]
        )
        role = iam.Role(
            parent,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Permissions of {self.name_of(function)}",
            inline_policies={"grants": iam.PolicyDocument(statements=[write_log, *self._grants, *statements])},
        )
        made = lambda_.Function(
            parent,
            "Function",
            function_name=self.name_of(function),
            role=role,
            log_group=log,
            code=_asset(self._pack_code(spec)),
            handler="handler.handler",
            runtime=self._runtime,
            architecture=self._architecture,
            layers=[self._layer],
            memory_size=size.memory,
            ephemeral_storage_size=StorageSize.mebibytes(scratch(spec, self.config)),
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if has_snapshot(spec, self.config) else None,
            current_version_options=lambda_.VersionOptions(removal_policy=self._removal_of_versions()),
            timeout=Duration.seconds(size.timeout),
            tracing=lambda_.Tracing.ACTIVE if self.config.tracing else None,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[self.config.log_level],
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            environment={
                **self._environment,
                "POWERTOOLS_LOG_LEVEL": self.config.log_level,
                **environment,
                **spec.environment,
                "SOUK_WRITES": " ".join(spec.writes),
                "SOUK_APPENDS": " ".join(spec.appends),
                "SOUK_FUNCTION": function,
                "POWERTOOLS_SERVICE_NAME": function,
                "PYDANTIC_DISABLE_PLUGINS": "__all__",  # otherwise pydantic searches every package for plugins
            },
        )
        if spec.kind in _CALLED:
            self.releases.publish(spec, made)
        return made

    def release_in_order(self, functions: Mapping[str, lambda_.Function]) -> None:
        """Release each function after those that it calls. `functions` are all that are made, by short name."""
        aliases = self.releases.aliases
        for name, function in functions.items():
            if invokes := FUNCTIONS[name].invokes:
                self.releases.release_last(aliases.get(name, function), invokes)

    def _removal_of_versions(self) -> RemovalPolicy:
        """Return what becomes of the version before.

        It is kept, so that its alias can be led back to it. Each snapshot is billed for as long as its version exists,
        and the emulator would keep a copy of the code: there only the current version stays.
        """
        keep = self.config.on_aws and not self.config.snap_start
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if keep else RemovalPolicy.DESTROY

    def _pack_code(self, spec: FunctionSpec) -> Path:
        """Return the archive of a function's code, with the packages and assets that only this function has."""
        directory = ROOT / "functions" / spec.name
        files = source_files(directory)
        if directory / "handler.py" not in files:
            raise FileNotFoundError(f"The function {spec.name} has no {directory}/handler.py")
        named = {path.relative_to(directory).as_posix(): path for path in files}
        if spec.packages:
            packages = build_packages(spec.packages, self.config.target, precompile=self.config.precompile)
            named |= {path.relative_to(packages).as_posix(): path for path in packages.rglob("*") if path.is_file()}
        for name in spec.assets:
            named |= assets.files(name)
        named |= self._files
        archive = BUILD / "functions" / f"{spec.name}-{content_hash(named)}.zip"
        if not archive.exists():
            archive.parent.mkdir(parents=True, exist_ok=True)
            pack(archive, named)
        return archive


def has_snapshot(spec: FunctionSpec, config: Config) -> bool:
    """Return whether Lambda starts a function's published versions from a snapshot."""
    return config.snap_start and spec.kind in _CALLED


def scratch(spec: FunctionSpec, config: Config) -> int:
    """Return the size of a function's /tmp in MiB. More than the least is for copies of search indexes."""
    least = has_snapshot(spec, config) or not config.uses_files
    return min(spec.size.scratch, _LEAST_SCRATCH) if least else spec.size.scratch


def _asset(archive: Path) -> lambda_.Code:
    """Name the asset by its content, whose hash the archive's own name ends in."""
    return lambda_.Code.from_asset(str(archive), asset_hash=archive.stem.rsplit("-", 1)[-1])
