"""System calls of the server that fail, lie or kill it, by strace."""

import collections
import re
import shutil

import pytest

# What the server does to files. Which of two that do the same it uses is for the C library to choose.
CALLS = [
    "pwrite64",
    "fdatasync",
    "fsync",
    "/^rename(at2?)?$",
    "/^unlink(at)?$",
    "fallocate",
    "ftruncate",
    "/^(mkdir|mkdirat|link|linkat)$",
]
LINE = re.compile(r"^(?P<thread>\d+) +(?P<time>\d+\.\d+) (?P<what>.*)$", re.MULTILINE)


def strace(log, call, injection="", when=""):
    """A command that runs a server with an injection into the calls of a kind, at the `when`th of each thread, or that
    only takes the calls down."""
    if shutil.which("strace") is None:
        pytest.skip("there is no strace here")
    # With --seccomp-bpf it is much faster, but strace 6.1 then forgets most of the signals that it is to send.
    faster = [] if injection.startswith("signal") else ["--seccomp-bpf"]
    command = ["strace", "-f", *faster, "-ttt", "-s", "0", "-o", log, "-e", f"trace={call}"]
    return [*command, "-e", f"inject={call}:{injection}:when={when}"] if injection else command


def calls_of_a_thread(log):
    """How many calls the thread made that made most."""
    threads = collections.Counter(line["thread"] for line in LINE.finditer(log.read_text()) if "(" in line["what"])
    return max(threads.values(), default=0)


def was_injected(log):
    """Whether a call was made to fail. Asked once the process has ended."""
    return "(INJECTED)" in log.read_text()


def seconds_to_the_end(log):
    """From the first injection until the process was gone."""
    lines = list(LINE.finditer(log.read_text()))
    began = next(float(line["time"]) for line in lines if "(INJECTED)" in line["what"])
    return float(lines[-1]["time"]) - began
