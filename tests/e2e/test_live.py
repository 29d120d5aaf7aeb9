"""Sockets on the deployed stack: real ones, from the local server through API Gateway to the functions and back."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aws_cdk import App
from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from infra.config import read_config
from infra.layer import ROOT
from infra.stack import SoukStack
from souk.domains.live.model import MAX_SOCKETS
from tests.e2e.test_clients import EMAIL, KEY, SECRET
from tests.e2e.test_jobs import data, wait_until
from tests.e2e.test_oauth import redeem
from tests.support.running import Run

WHO_AM_I = "{ user { id } organization { id } }"
PAIR = "mutation ($user: ID!, $org: ID!) { roomCreate1on1IfNotExists(userId: $user, orgId: $org) { id } }"
GROUP = "mutation ($input: RoomCreateInputV2!) { createRoomV2(input: $input) { id } }"
NUMBER_UNREAD = "query ($room: ID!) { room(id: $room) { numUnread } }"
WRITE = "mutation ($input: RoomStoryCreateInputV2!) { createRoomStoryV2(input: $input) { id } }"
DEMO_ROOM = "1360000000000000002"
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 20.0


@contextlib.contextmanager
def socket(souk: Run, token: str | None, query: str = "") -> Iterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"{souk.url.replace('http', 'ws', 1)}/live{query}"
    with connect(address, additional_headers=headers, proxy=None, open_timeout=40) as opened:
        yield opened


def refused(souk: Run, token: str | None, query: str = "") -> int:
    """Return the status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refusal, socket(souk, token, query):
        pass
    return refusal.value.response.status_code


def heard(opened: ClientConnection) -> Any:
    """Return the next message that is no ping."""
    while True:
        message = orjson.loads(opened.recv(SECONDS))
        if "ping" not in message:
            return message


def pair_of(souk: Run, token: str, other: str) -> str:
    """Return the id of the room of two colleagues."""
    who = data(souk.post(WHO_AM_I, other))
    made = souk.post(PAIR, token, user=who["user"]["id"], org=who["organization"]["id"])
    room: str = data(made)["roomCreate1on1IfNotExists"]["id"]
    return room


def test_member_hears_of_a_story_at_once(souk: Run) -> None:
    olivia, liam, omar = (souk.token(one) for one in ("olivia@acme.test", "liam@acme.test", "omar@rival.test"))
    room = pair_of(souk, olivia, liam)
    with socket(souk, liam) as his, socket(souk, None, f"?access_token={omar}") as strangers:
        story = {"roomId": room, "message": "The paint has dried."}
        data(souk.post(WRITE, olivia, input=story))
        assert heard(his) == {"entity": "ROOM", "action": "STORY", "id": room}
        his.send("Anything")
        assert heard(his) == {"pong": True}
        strangers.send('{"action": "$connect"}')
        assert heard(strangers) == {"pong": True}  # and nothing before

        souk.client("lambda").invoke(FunctionName="souk-local-live-sender", Payload=b"{}", InvocationType="Event")
        for opened in (his, strangers):
            assert orjson.loads(opened.recv(SECONDS)).keys() == {"ping"}


def test_example_of_the_docs_works(souk: Run, tmp_path: Path) -> None:
    olivia, mia = souk.token("olivia@acme.test"), souk.token("mia@pixelagency.test")
    example = tmp_path / "live.py"
    example.write_text(PYTHON_BLOCK.findall((ROOT / "docs" / "live.md").read_text())[0])
    live = f"{souk.url.replace('http', 'ws', 1)}/live"
    environment = os.environ | {"SOUK_URL": souk.url, "SOUK_LIVE_URL": live, "SOUK_TOKEN": mia, "NO_PROXY": "*"}
    program = subprocess.Popen([sys.executable, example], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        lines = iter(program.stdout)
        assert " new: " in next(lines)  # of the demo data, or of other tests
        unread = data(souk.post(NUMBER_UNREAD, mia, room=DEMO_ROOM))["room"]["numUnread"]
        data(souk.post(WRITE, olivia, input={"roomId": DEMO_ROOM, "message": "And the hand?"}))
        assert next(line for line in lines if "And the hand?" in line) == f"{unread + 1} new: And the hand?\n"
    finally:
        program.kill()
        program.communicate()


def test_wrong_token_is_refused(souk: Run) -> None:
    assert refused(souk, "wrong") == 401
    assert refused(souk, None) == 401
    assert refused(souk, None, "?access_token=wrong") == 401
    assert refused(souk, souk.token("olivia@acme.test"), "?X-Upwork-API-TenantId=1") == 403
    assert httpx.get(f"{souk.url}/live", timeout=40).status_code == 404  # no handshake
    with pytest.raises(InvalidStatus) as refusal, connect(f"{souk.url.replace('http', 'ws', 1)}/graphql", proxy=None):
        pass
    assert refusal.value.response.status_code == 404


def test_sixth_socket_is_refused(souk: Run) -> None:
    token = souk.token("noah@studio.test")
    with contextlib.ExitStack() as sockets:
        opened = [sockets.enter_context(socket(souk, token)) for _ in range(MAX_SOCKETS)]
        assert refused(souk, token) == 429
        opened[0].close()

        def reopened() -> bool:
            try:
                sockets.enter_context(socket(souk, token))
            except InvalidStatus:
                return False
            return True

        wait_until(reopened)


def test_revoked_token_ends_its_socket(souk: Run) -> None:
    """Before the next event: that is not sent any more."""
    olivia, tokens = souk.token(EMAIL), redeem(souk)
    room = data(souk.post(GROUP, olivia, input={"roomType": "GROUP"}))["createRoomV2"]["id"]
    story = {"roomId": room, "message": "Only for me."}
    with socket(souk, olivia) as hers, socket(souk, tokens["access_token"]) as programs:
        data(souk.post(WRITE, olivia, input=story))
        for opened in (hers, programs):
            while heard(opened)["id"] != room:
                pass
        httpx.post(f"{souk.url}/oauth2/revoke", data={"token": tokens["access_token"]}, auth=(KEY, SECRET), timeout=40)
        data(souk.post(WRITE, olivia, input=story))
        assert heard(hers)["action"] == "STORY"
        assert heard(programs)["error"]["code"] == 4401
        with pytest.raises(ConnectionClosedOK):
            programs.recv(SECONDS)


def test_deployment_can_leave_sockets_out(tmp_path: Path) -> None:
    """The others have all of it, with a name of its own if they want one."""
    certificate = "arn:aws:acm:eu-west-1:1:certificate/1"
    named = {"domain": "api.example.com", "liveDomain": "live.example.com", "certificate": certificate}
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    for stage, chosen in (("off", {"live": "off"}), ("named", named)):
        SoukStack(app, read_config({"target": "local", "stage": stage, **chosen}.get))
    app.synth()
    off, full = (json.loads((tmp_path / f"Souk-{stage}.template.json").read_text()) for stage in ("off", "named"))
    assert not [name for name in off["Resources"] if name.startswith(("Live", "Functionslive"))]
    assert not [one for one in off["Resources"].values() if one["Type"].startswith("AWS::ApiGatewayV2::")]
    assert not [name for name in off["Outputs"] if name.startswith("Live")]
    assert full["Outputs"]["LiveUrl"]["Value"] == "wss://live.example.com/live"
    assert "LiveDomainTarget" in full["Outputs"]
    mappings = [one for one in full["Resources"].values() if one["Type"] == "AWS::ApiGatewayV2::ApiMapping"]
    assert [one["Properties"]["ApiMappingKey"] for one in mappings] == ["live"]
