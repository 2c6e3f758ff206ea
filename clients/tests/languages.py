"""The clients: what has to be installed for each, how its runner is built and started."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys

CLIENTS = pathlib.Path(__file__).resolve().parents[1]
ROOT = CLIENTS.parent
BUILT = ROOT / ".build" / "clients"


class Language:
    """A client and the commands around it. `checks` are commands that find mistakes in it."""

    def __init__(self, name, needs, run, build=(), checks=(), folder=None, lacks=()):
        self.name, self.needs, self.run, self.build_commands, self.checks = name, needs, run, build, checks
        self.folder = CLIENTS / (folder or name)
        # What a scenario may need and the client has not: {"cancelling a call": "why"}.
        self.lacks = dict(lacks)

    @property
    def missing(self):
        """What is not installed; empty when the language can be tested."""
        return [program for program in self.needs if shutil.which(program) is None]

    @functools.cached_property
    def is_built(self):
        BUILT.mkdir(parents=True, exist_ok=True)
        for command in self.build_commands:
            self.execute(command)
        return True

    def execute(self, command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=500, check=False)
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"

    def __str__(self):
        return self.name


def swift_build(product):
    """As `.ci/run` builds the rest, so that nothing is compiled twice."""
    return ["swift", "build", "-c", "release", "-Xswiftc", "-warnings-as-errors", "--product", product]


LANGUAGES = [
    Language(
        "python",
        [],
        [sys.executable, "runner.py"],
        checks=[[sys.executable, "-m", "mypy", "gatehouse"], [sys.executable, "-m", "mypy", "examples"]],
    ),
    Language(
        "python-blocking",
        [],
        [sys.executable, "blocking_runner.py"],
        folder="python",
        lacks={
            "cancelling a call": "a thread that waits for an answer is interrupted by signals, not by other threads",
            "measuring": "it is the other face with a thread between",
        },
    ),
    Language("typescript", ["node", "tsc"], ["node", "runner.js"], checks=[["tsc", "-p", "."]]),
    Language(
        "go",
        ["go"],
        [BUILT / "go-runner"],
        build=[["go", "build", "-o", BUILT / "go-runner", "./runner"]],
        checks=[["go", "vet", "./..."], ["sh", "-c", 'test -z "$(gofmt -l . | tee /dev/stderr)"']],
    ),
    Language(
        "java",
        ["java", "javac"],
        ["java", "-cp", BUILT / "java", "Runner"],
        build=[["sh", "-c", f"javac -d {BUILT / 'java'} $(find src generated runner -name '*.java')"]],
        checks=[["sh", "-c", "javac -Xlint:all -Werror -d $(mktemp -d) $(find src generated examples -name '*.java')"]],
    ),
    Language(
        "rust",
        ["cargo"],
        [BUILT / "rust/release/examples/runner"],
        build=[["cargo", "build", "--offline", "--release", "--examples", "--target-dir", BUILT / "rust"]],
        checks=[
            ["sh", "-c", f"RUSTFLAGS=-Dwarnings cargo test --offline --target-dir {BUILT / 'rust-checked'}"],
            ["sh", "-c", f"RUSTDOCFLAGS=-Dwarnings cargo doc --offline --no-deps --target-dir {BUILT / 'rust-checked'}"],
            ["sh", "-c", "! command -v rustfmt || cargo fmt --check"],
        ],
    ),
    Language(
        "swift",
        ["swift"],
        [ROOT / ".build/release/client-runner"],
        build=[swift_build("client-runner")],
        checks=[swift_build("client-onboard"), swift_build("client-dashboard")],
    ),
]


def chosen():
    """All, or those that CLIENTS_LANGUAGES names, with commas between."""
    names = os.environ.get("CLIENTS_LANGUAGES")
    return [each for each in LANGUAGES if names is None or each.name in names.split(",")]
