"""The embedded AWS: ministack as a supervised child, in an environment of its own.

Its dependencies conflict with Souk's (it needs another graphql-core), hence two environments under `build/run`: one
holds ministack (`requirements/emulator.txt`), the other holds nothing at all and is what functions run on, so that they
find the layer's packages and no others.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlsplit

from souk.local.home import CACHE, PROJECT, Home
from souk.operations.problem import Problem

REGION = "us-east-1"
ACCOUNT = "000000000000"
"""The account that the embedded AWS plays."""

ROOT = "test"
"""The access key that the embedded AWS takes for the account's root user. It checks every other key's rights."""

LOCK = PROJECT / "requirements" / "emulator.txt"
SERVICES = (
    "apigateway,cloudformation,cloudwatch,cognito-idp,dynamodb,dynamodbstreams,events,iam,kms,lambda,logs,"
    "s3,scheduler,secretsmanager,ses,sqs,ssm,sts"
)
START_SECONDS = 60.0
STOP_SECONDS = 30.0
UNREADABLE = 3
"""The launcher's exit code for a saved state that cannot be read."""

Say = Callable[[str], None]
"""Shows one line of progress."""


class Cloud(Protocol):
    """An AWS to deploy into."""

    endpoint: str

    def keep(self) -> None:
        """Save the state from now on: the deployment stands."""

    def failure(self) -> str | None:
        """Return what went wrong when it has stopped by itself."""


class GivenCloud:
    """The emulator that AWS_ENDPOINT_URL names. It keeps its own state and is not ours to stop."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")

    def keep(self) -> None:
        """Leave it to its owner."""

    def failure(self) -> str | None:
        """Return None: it is not watched."""
        return None


class EmbeddedCloud:
    """ministack, hosted by `launcher.py`."""

    def __init__(self, home: Home, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self._home = home
        self._process = process

    def keep(self) -> None:
        """Save the state now, and go on saving it."""
        line = self._process.stdin
        if line is None:
            raise RuntimeError("the launcher was started without a pipe")
        line.write(b"keep\n")
        line.flush()

    def failure(self) -> str | None:
        """Return why it stopped, or None while it runs."""
        if self._process.poll() is None:
            return None
        if self._process.returncode == UNREADABLE:
            file = Path(_tail(self._home.log, 1)).name
            return f"The saved state in {self._home.path} cannot be read ({file}); `make reset` starts afresh."
        return f"The embedded AWS stopped; its last words, from {self._home.log}:\n{_tail(self._home.log, 5)}"

    def stop(self) -> None:
        """Let it save and stop; end it when it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def cloud(home: Home, hold: int, say: Say) -> Iterator[Cloud]:
    """Give an AWS to deploy into: the one that AWS_ENDPOINT_URL names, or the embedded one for as long as it is used.

    `hold` is the descriptor of the home's lock: the embedded one writes there until it has stopped.
    Raises Problem when it does not start.
    """
    given = os.environ.get("AWS_ENDPOINT_URL")
    if given:
        say(f"Using the AWS at {given}")
        yield GivenCloud(given)
        return
    python, functions = environments(say)
    embedded = _start(home, hold, python, functions)
    try:
        _await(embedded)
        yield embedded
    finally:
        embedded.stop()


def client(service: str, endpoint: str) -> Any:
    """Return a client that acts as the account's root user there. It is botocore's: boto3 takes longer to import."""
    from botocore.config import Config  # noqa: PLC0415 - `souk --help` and others need no AWS
    from botocore.session import get_session  # noqa: PLC0415

    return get_session().create_client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ROOT,
        aws_secret_access_key=ROOT,
        config=Config(retries={"max_attempts": 2}, read_timeout=120),
    )


def environments(say: Say) -> tuple[Path, Path]:
    """Return ministack's interpreter and the functions' bare one, made on first use and when the lock changes."""
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    target = CACHE / f"emulator-{key}"
    if not target.exists():
        say("Installing the embedded AWS (once)")
        partial = CACHE / f"emulator-{key}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        base = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
        for name in ("ministack", "functions"):
            _uv("venv", "--quiet", "--python", str(base), "--relocatable", str(partial / name))
        python = partial / "ministack" / "bin" / "python"
        _uv("pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK))
        try:
            partial.rename(target)
        except OSError:  # another run was first
            shutil.rmtree(partial)
    return target / "ministack" / "bin" / "python", target / "functions" / "bin" / "python"


def free_port(wanted: int | None = None) -> int:
    """Return `wanted` if nobody listens there, else a port that the kernel picks."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def _start(home: Home, hold: int, python: Path, functions: Path) -> EmbeddedCloud:
    port = free_port(home.remembered_port())
    home.remember_port(port)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home.scratch),
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": ROOT,
        "AWS_SECRET_ACCESS_KEY": ROOT,
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": "unix:///nonexistent",  # it would look there for containers to tidy up
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "PYTHONUNBUFFERED": "1",
        "S3_DATA_DIR": str(home.buckets),
        "S3_PERSIST": "1",
        "SERVICES": SERVICES,
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(home.state),
    }
    launcher = Path(__file__).with_name("launcher.py")
    with home.log.open("wb") as log:
        process = subprocess.Popen(
            [python, "-P", launcher, f"127.0.0.1:{port}", functions, home.layers],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(hold,),
            start_new_session=True,  # Ctrl-C is for us; we let it finish
        )
    return EmbeddedCloud(home, process, port)


def _await(embedded: EmbeddedCloud) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        failure = embedded.failure()
        if failure:
            raise Problem(failure)
        if answers(f"{embedded.endpoint}/_ministack/ready"):
            return
        time.sleep(0.05)
    raise Problem(f"The embedded AWS did not start within {START_SECONDS:.0f} seconds.")


def answers(url: str, seconds: float = 2.0) -> bool:
    """Say whether a GET of `url` (http on this machine) is answered with 200 in time."""
    if urlsplit(url).scheme != "http":
        return False
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310 - http only, checked above
            return bool(response.status == HTTPStatus.OK)
    except (URLError, TimeoutError, ConnectionError):
        return False


def _uv(*arguments: str) -> None:
    uv = Path(sys.prefix, "bin", "uv")
    done = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"Installing the embedded AWS failed: {done.stderr.strip()}")


def _tail(file: Path, lines: int) -> str:
    return "\n".join(file.read_text(errors="replace").strip().splitlines()[-lines:])
