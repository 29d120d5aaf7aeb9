"""The embedded AWS: ministack as a supervised child process, in a separate environment.

Its dependencies conflict with Souk's (it needs another graphql-core). So there are two environments in `build/run`: one
has ministack (`requirements/emulator.txt`), the other is empty. Functions run on the empty one, so that they can import
only the layer's packages.
"""

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlsplit

from souk.local.home import CACHE, PROJECT, AccessKey, Home, Running
from souk.operations.problem import Problem

REGION = "us-east-1"
ACCOUNT = "000000000000"
"""The account id of the embedded AWS."""

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

Clients = Callable[[str], Any]
"""Returns a botocore client with all permissions, for a service's name."""


class Cloud(Protocol):
    """An AWS endpoint to deploy to."""

    endpoint: str
    client: Clients
    secret: str
    """Lets requests pass the embedded AWS's guard. Empty for another AWS."""

    def keep(self) -> None:
        """Save the state from now on. Called after the deployment has succeeded."""

    def failure(self) -> str | None:
        """Return why it has stopped by itself, or None while it runs."""


class ExternalCloud:
    """The emulator at AWS_ENDPOINT_URL, used with the caller's own AWS credentials.

    It manages its own state and is not stopped by this run.
    """

    secret = ""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.client: Clients = partial(_client, self.endpoint, None)

    def keep(self) -> None:
        """Do nothing: it manages its own state."""

    def failure(self) -> str | None:
        """Return None: it is not monitored."""
        return None


class EmbeddedCloud:
    """ministack, run by `launcher.py`."""

    def __init__(self, home: Home, process: "subprocess.Popen[bytes]", port: int, secret: str) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.client: Clients = partial(_client, self.endpoint, home.root_key())
        self.secret = secret
        self._home = home
        self._process = process

    def keep(self) -> None:
        """Save the state now and from now on."""
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
            return f"The saved state in {self._home.path} cannot be read ({file}). To start over, run `make reset`."
        return f"The embedded AWS stopped. The end of its log, {self._home.log}:\n{_tail(self._home.log, 5)}"

    def stop(self) -> None:
        """Let it save and stop, and kill it if it takes too long."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def cloud(home: Home, hold: int, say: Say) -> Iterator[Cloud]:
    """Yield an AWS to deploy to: the one at AWS_ENDPOINT_URL, or else the embedded one, which is stopped at the end.

    `hold` is the file descriptor of the home's lock. The embedded AWS shares the lock, as it writes until it stops.
    Raises Problem if it does not start.
    """
    given = os.environ.get("AWS_ENDPOINT_URL")
    if given:
        say(f"Using the AWS at {given}")
        yield ExternalCloud(given)
        return
    python, functions = environments(say)
    embedded = _start(home, hold, python, functions)
    try:
        _await(embedded)
        yield embedded
    finally:
        embedded.stop()


def clients_of(home: Home, running: Running) -> Clients:
    """Return the AWS clients of an active run, for another process."""
    return partial(_client, running.endpoint, home.root_key() if running.embedded else None)


def _client(endpoint: str, key: AccessKey | None, service: str) -> Any:
    """Return a botocore client. Importing boto3 would take longer. Without a key it uses the caller's credentials."""
    from botocore.config import Config  # noqa: PLC0415 - `souk --help` and others do not need AWS
    from botocore.session import get_session  # noqa: PLC0415

    return get_session().create_client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=key.id if key else None,
        aws_secret_access_key=key.secret if key else None,
        config=Config(retries={"max_attempts": 2}, read_timeout=120),
    )


def environments(say: Say) -> tuple[Path, Path]:
    """Return the Python interpreters of ministack and of functions, installed if they are missing or outdated."""
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
        except OSError:  # another run was faster
            shutil.rmtree(partial)
    return target / "ministack" / "bin" / "python", target / "functions" / "bin" / "python"


def free_port(preferred: int | None = None) -> int:
    """Return the preferred port if it is free, otherwise any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred or 0))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def _start(home: Home, hold: int, python: Path, functions: Path) -> EmbeddedCloud:
    port = free_port(home.remembered_port())
    home.remember_port(port)
    key, secret = home.root_key(), secrets.token_urlsafe()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home.scratch),
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": "unix:///nonexistent",  # otherwise it looks for containers to remove
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "PYTHONPATH": str(PROJECT / "shared"),
        "PYTHONUNBUFFERED": "1",
        "S3_DATA_DIR": str(home.buckets),
        "S3_PERSIST": "1",
        "SERVICES": SERVICES,
        "SFTP_ENABLED": "0",
        "SOUK_EMULATOR_SECRET": secret,
        "STATE_DIR": str(home.state),
    }
    home.log.unlink(missing_ok=True)
    with home.log.open("wb") as log:
        process = subprocess.Popen(
            [python, "-P", "-m", "souk.local.launcher", f"127.0.0.1:{port}", functions, home.layers],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(hold,),
            start_new_session=True,  # so that Ctrl-C does not stop it before it has saved
        )
    return EmbeddedCloud(home, process, port, secret)


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
    """Return whether a GET of `url` (http on this machine) is answered with 200 in time."""
    if urlsplit(url).scheme != "http":
        return False
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310 - http only, checked above
            return bool(response.status == HTTPStatus.OK)
    except (URLError, TimeoutError, ConnectionError):
        return False


def _uv(*arguments: str) -> None:
    uv = Path(sys.prefix, "bin", "uv")
    result = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise Problem(f"Installing the embedded AWS failed: {result.stderr.strip()}")


def _tail(file: Path, lines: int) -> str:
    return "\n".join(file.read_text(errors="replace").strip().splitlines()[-lines:])
