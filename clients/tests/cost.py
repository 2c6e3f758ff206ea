#!/usr/bin/env python3
"""What a call costs with each client: GetCustomer, with 1 and with 64 in flight, beside a bare socket in the same language.

    python clients/tests/cost.py            the languages that are installed, or those that CLIENTS_LANGUAGES names

Prints a table for the clients' READMEs. The best of some rounds counts: the machine may have other things to do.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))

from gatehouse_client import CUSTOMERS, SCHEMA, encode_frame  # noqa: E402
from harness import Server, create  # noqa: E402
from languages import chosen  # noqa: E402
from runner_process import RunnerProcess  # noqa: E402

COUNT, ROUNDS = {1: 4000, 64: 20000}, 5
METHOD = f"{CUSTOMERS}/GetCustomer"


def frames(request, count):
    """A hello and so many calls, as they go over the wire."""
    frame = SCHEMA.message("gatehouse.rpc.v1.Frame")
    hello = frame()
    hello.hello.version = 1
    data = encode_frame(hello)
    for stream in range(1, count + 1):
        call = frame(stream=stream)
        call.call.method, call.call.payload, call.call.timeout_us = METHOD, request, 10_000_000
        data += encode_frame(call)
    return data


def measure(runner, server, request, folder):
    """By how many were in flight: calls a second and microseconds of CPU a call, of the client and of the floor."""
    rows = {}
    for in_flight, count in COUNT.items():
        file = pathlib.Path(folder) / f"frames-{in_flight}"
        file.write_bytes(frames(request, count))
        fields = {"count": count, "in_flight": in_flight}
        call = {"method": METHOD, "request_type": "gatehouse.v1.GetCustomerRequest", "request": request.hex(), **fields}
        floor = {"file": str(file), "address": server.listen, **fields}
        rounds = [
            (runner.answer(runner.send("bench", **call), 120), runner.answer(runner.send("floor", **floor), 120))
            for _ in range(ROUNDS)
        ]
        rows[in_flight] = [
            (count / min(each["seconds"] for each in kind), min(each["cpu_seconds"] for each in kind) / count * 1e6)
            for kind in zip(*rounds)
        ]
    return rows


def main():
    with tempfile.TemporaryDirectory() as folder, Server(pathlib.Path(folder) / "data") as server:
        with server.connect() as connection:
            customer = create(connection).customer
        request = SCHEMA.message("gatehouse.v1.GetCustomerRequest")(customer_id=customer.id).SerializeToString()
        for language in chosen():
            if language.missing:
                print(f"{language}: not installed: {', '.join(language.missing)}")
                continue
            if "measuring" in language.lacks:
                continue
            runner = RunnerProcess(language)
            runner.send("open", addresses=[server.listen])
            print(
                f"{language}\n| in flight | calls/s | CPU a call | bare socket, calls/s | its CPU a call |\n|---|---|---|---|---|"
            )
            for in_flight, (client, floor) in measure(runner, server, request, folder).items():
                figures = " | ".join(f"{rate:,.0f} | {cost:.0f} us" for rate, cost in (client, floor))
                print(f"| {in_flight} | {figures} |", flush=True)
            runner.close()


if __name__ == "__main__":
    main()
