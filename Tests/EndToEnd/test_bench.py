"""`gatehouse bench`: what it prints fits together. How fast anything is, is no test's business."""

import json
import os
import signal
import subprocess

import pytest

from harness import BINARY, Server

SHORT = ["--duration", "100ms", "--warm-up", "20ms", "--repetitions", "2"]


def bench(*arguments, code=0):
    done = subprocess.run(
        [BINARY, "bench", *arguments], capture_output=True, text=True, timeout=120, env={"PATH": os.environ["PATH"]}
    )
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def report(*arguments):
    (line,) = bench(*arguments, "--json").stdout.splitlines()
    return json.loads(line)


def check(result, repetitions=2):
    """Each figure agrees with what it is made of."""
    assert len(result["runs"]) == repetitions
    assert result["count"] == sum(run["count"] for run in result["runs"]) > 0
    assert result["errors"] == {}
    for run in result["runs"]:
        latency = run["latency"]
        assert run["rate"] == pytest.approx(run["count"] / run["duration_ns"] * 1e9, rel=1e-6)
        assert sum(times for _, times in latency["buckets"]) == latency["count"] == run["count"]
        marks = [latency[name] for name in ("min_ns", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns")]
        assert marks == sorted(marks) and marks[0] > 0


@pytest.mark.parametrize(
    "arguments, things",
    [
        (["create", "--connections", "4", "--in-flight", "8"], "calls"),
        (["get", "--connections", "4", "--in-flight", "8", "--customers", "500"], "calls"),
        (["mixed", "--connections", "4", "--in-flight", "4", "--customers", "500"], "calls"),
        (["onboard", "--connections", "2", "--in-flight", "2"], "customers"),
        (["connect", "--connections", "4", "--customers", "50"], "connections"),
        (["create", "--connections", "4", "--rate", "500"], "calls"),
    ],
)
def test_a_scenario_on_a_server_of_its_own(arguments, things):
    told = report(*arguments, *SHORT)
    (result,) = told["results"]
    assert result["name"] == arguments[0] and result["things"] == things
    check(result)
    for run in result["runs"]:
        assert run["server_cpu_us"] > 0 and run["client_cpu_us"] > 0 and run["resident_bytes"] > 0
        assert run["wire_bytes"] > 0
    if "--rate" not in arguments:
        assert {bound["figure"] for bound in result["bounds"]} == {"rate"}
        assert all(bound["ratio"] > 0 and bound["floor"]["value"] > 0 for bound in result["bounds"])


def test_watchers_get_every_event():
    told = report("watch", "--watchers", "0,5", "--rate", "500", *SHORT)
    deliveries, alone, writes = told["results"]
    assert [result["name"] for result in told["results"]] == ["watch", "watch-writes", "watch-writes"]
    for result in told["results"]:
        check(result)
    assert deliveries["parameters"] == writes["parameters"] == {"watchers": "5"}
    assert alone["parameters"] == {"watchers": "0"}
    (bound,) = deliveries["bounds"]
    assert bound["figure"] == "p50" and bound["ratio"] > 0


def test_an_overload_is_summed_up():
    told = report("overload", "--connections", "4", "--in-flight", "16", *SHORT)
    names = [result["name"] for result in told["results"]]
    assert names == ["overload-capacity", "overload-before", "overload", "overload-after"]
    rates = [result.get("target_rate") for result in told["results"]]
    assert rates[0] is None and rates[1] == rates[3] < rates[2]
    assert any(line.startswith("Under the overload ") for line in told["conclusions"])


def test_a_sweep_names_its_knee():
    told = report("create", "--connections", "2", "--in-flight", "1,4,16", *SHORT)
    assert [result["in_flight"] for result in told["results"]] == [1, 4, 16]
    for result in told["results"]:
        check(result)
    assert told["conclusions"][0].startswith("The knee of create is ")


def test_a_number_of_calls_at_a_rate():
    told = report("create", "--connections", "4", "--rate", "500", "--count", "60", "--repetitions", "2")
    (result,) = told["results"]
    check(result)
    assert [run["count"] for run in result["runs"]] == [60, 60]


def test_another_server_keeps_what_was_created(tmp_path):
    """A number of calls is that number, and the same seed makes the same customers."""
    with Server(tmp_path / "data", sandbox=False) as server:
        place = ["--server", server.listen, "--connections", "3", "--in-flight", "5", "--warm-up", "0s"]
        count = ["--count", "100", "--repetitions", "1", "--seed", "7", "--threads", "2"]
        told = report("create", *place, *count)
        (result,) = told["results"]
        check(result, repetitions=1)
        assert result["count"] == 100
        # A process of this user's that listens on this machine is found.
        assert result["runs"][0]["server_cpu_us"] > 0
        again = report("create", *place, *count)
        assert again["results"][0]["errors"] == {"CUSTOMER_EXISTS": 100}


def test_all_of_it(tmp_path):
    plot = tmp_path / "plot.svg"
    done = bench("--duration", "50ms", "--warm-up", "10ms", "--repetitions", "1", "--plot", plot)
    for name in ["create", "onboard", "get", "mixed", "watch", "connect"]:
        assert f"\n{name} " in done.stdout
    assert "TO THE FLOOR" in done.stdout and plot.read_text().startswith("<svg")


def test_an_interrupt_ends_it_with_the_figures_so_far():
    child = subprocess.Popen(
        [BINARY, "bench", "create", "--duration", "1h", "--warm-up", "0s", "--connections", "2", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    try:
        # Its server runs: the load is about to begin, or has begun.
        children = f"/proc/{child.pid}/task/{child.pid}/children"
        while not open(children).read():
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 0, errors
    assert "Interrupted: these are the figures so far." in json.loads(output)["warnings"]
