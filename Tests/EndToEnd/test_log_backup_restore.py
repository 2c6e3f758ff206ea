"""A backup taken under load, restored elsewhere: the state at its revision, customer by customer."""

import json
import subprocess

import pytest

from harness import BINARY, list_all, watch_all
from load import start_load
from log_tools import run


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_a_backup_under_load_restored(new_server, tmp_path, name):
    server = new_server(data=tmp_path / "origin")
    loaders = start_load(server, connections=2, depth=64, total=8000)
    backup = tmp_path / name
    subprocess.run(
        [str(BINARY), "log", "backup", "--server", server.listen, "--to", str(backup)], check=True, timeout=60,
        capture_output=True, stdin=subprocess.DEVNULL)
    for loader in loaders:
        assert not loader.finish().failures
    told = dict(line.split(maxsplit=1) for line in run("restore", backup, tmp_path / "new").splitlines())
    revision = int(told["revision"])
    customers = {}
    with server.connect() as connection:
        for event in watch_all(connection, 0, until=revision, wait=30):
            if event.revision <= revision:
                customers[event.customer.id] = event.customer
    assert len(customers) == int(told["customers"]) and revision > 0
    with new_server(data=tmp_path / "new").connect() as connection:
        assert list_all(connection, page_size=1000) == list(customers.values())


def test_the_start_tells_of_the_disk(new_server):
    server = new_server("--log-format", "json")
    assert server.terminate() == 0
    lines = [json.loads(line) for line in server.errors.decode().splitlines()]
    disk = next(line for line in lines if line["message"] == "the disk of the data directory")
    assert disk["file_system"] and int(disk["flush_us"]) <= int(disk["longest_us"])
    assert not list(server.data.glob("*.tmp"))
