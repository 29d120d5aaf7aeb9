"""The CPU time of imports of 2,000 rows, with that of moto: `python -m tests.bench.import_rows [rows]`.

Moto copies its whole table in each transaction, so more rows measure moto.
"""

import sys
import tempfile
import time
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from souk.operations.deployment import Deployment
from souk.operations.imports import run_import
from souk.storage import Table
from souk.values.clock import Clock
from tests.conftest import REGION, TABLE, dynamodb
from tests.support import table as table_shape
from tests.support.fast_moto import make_moto_fast


def main(rows: int) -> None:
    """Import organizations, people and postings, and print the seconds of each."""
    files = {
        "organizations": "external_id,name,side,country\n"
        + "".join(f"o{at},Company {at},client,PT\n" for at in range(rows)),
        "users": "external_id,email,first_name,last_name,organization_external_id,role\n"
        + "".join(f"u{at},person{at}@example.com,Ada,Number{at},o{at},OWNER\n" for at in range(rows)),
        "jobs": "external_id,organization_external_id,title,description,type,amount,category,skills\n"
        + "".join(f"j{at},o{at},Job {at},Text,FIXED_PRICE,100,Logo Design,Python;Django\n" for at in range(rows)),
    }
    with mock_aws(), tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        client = dynamodb()
        table_shape.create(client, TABLE)
        table = Table(client, TABLE, Clock(), writes=("",))
        deployment = Deployment(
            {"TableName": table.name},
            lambda name: client if name == "dynamodb" else boto3.client(name, region_name=REGION),
            "",
        )
        for kind, text in files.items():
            file = Path(folder) / f"{kind}.csv"
            file.write_text(text)
            for name in (f"{kind}, dry run", kind, f"{kind}, again"):
                begun = time.process_time()
                done = run_import(deployment, kind, file, dry_run="dry" in name, say=lambda _: None)
                print(f"{name}: {time.process_time() - begun:.1f} s of CPU for {done.rows} rows: {done.sentence()}")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
