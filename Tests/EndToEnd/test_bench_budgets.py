"""`gatehouse bench budgets`: every budget has a row, and programs that are not there are named."""

import json
import os
import subprocess

from harness import BINARY

REFERENCE_GH_LOAD = """#!/bin/sh
echo '{"replies":9,"per_s":2000,"errors":0,"p50_us":100}'
"""

REFERENCE_LOAD = """#!/bin/sh
echo '{"rps":1000,"p50_us":100000}'
"""

# As a server of the C programs: `server MODE PORT ...` takes connections until it is ended.
REFERENCE_SERVER = """#!/usr/bin/env python3
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
while True:
    listener.accept()
"""


def budgets(folder, path):
    short = ["--rounds", "1", "--duration", "50ms", "--customers", "1000"]
    command = [BINARY, "bench", "budgets", "--references", folder, *short, "--json"]
    environment = {"PATH": path, "TMPDIR": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["budgets"]


def test_missing_programs_are_said(tmp_path):
    rows = budgets(tmp_path, "/nowhere")
    assert len(rows) == 20
    missing = [row for row in rows if row["verdict"] == "unmeasured"]
    assert {row["reference"] for row in missing} == {
        "C group commit", "C echo", "Redis SET, always", "SwiftNIO echo", "libsecp256k1 recover",
        "grpc-swift, actor and log", "etcd Put", "gh-load, the same server",
    }
    assert all("obstacle" in row and "ratio" not in row for row in missing)
    measured = [row for row in rows if row["verdict"] != "unmeasured"]
    assert len(measured) == 8
    assert all(row["figure"]["median"] >= 0 and row["reference_figure"]["median"] > 0 for row in measured)


def test_programs_are_run_in_turns(tmp_path):
    for name, text in {"load": REFERENCE_LOAD, "gh-load": REFERENCE_GH_LOAD, "server": REFERENCE_SERVER}.items():
        file = tmp_path / name
        file.write_text(text)
        file.chmod(0o755)
    rows = budgets(tmp_path, os.environ["PATH"].replace(str(tmp_path), ""))
    held = [row for row in rows if row["reference"] in ("C group commit", "C echo")]
    assert len(held) == 4
    for row in held:
        assert row["reference_figure"]["median"] == (1e8 if row["unit"] == "nanoseconds" else 1000)
        assert row["ratio"]["median"] > 0
    checked = [row for row in rows if row["reference"] == "gh-load, the same server"]
    assert len(checked) == 3
    assert all(row["reference_figure"]["median"] == 2000 for row in checked)
