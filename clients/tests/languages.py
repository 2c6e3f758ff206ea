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

    def __init__(self, name, needs, run, build=(), checks=(), folder=None, lacks=(), examples=()):
        self.name, self.needs, self.run, self.build_commands, self.checks = name, needs, run, build, checks
        self.folder = CLIENTS / (folder or name)
        # What a scenario may need and the client has not: {"cancelling a call": "why"}.
        self.lacks = dict(lacks)
        # How each worked example is started, by its name; what it is given comes behind.
        self.examples = dict(examples)

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


DASHBOARD = """
const [folder, address] = process.argv.slice(1);
const { Client } = await import(`${folder}/index.js`);
const { feed } = await import(`${folder}/examples/dashboard.js`);
const show = (counts, revision) => console.log(`revision ${revision}:`, Object.fromEntries(counts));
await feed(new Client(address), show);
"""


def swift_build(product):
    """As `.ci/run` builds the rest, so that nothing is compiled twice."""
    return ["swift", "build", "-c", "release", "-Xswiftc", "-warnings-as-errors", "--product", product]


LANGUAGES = [
    Language(
        "python",
        [],
        [sys.executable, "runner.py"],
        checks=[[sys.executable, "-m", "mypy", "gatehouse"], [sys.executable, "-m", "mypy", "examples"]],
        examples={
            name: ["env", "PYTHONPATH=.", sys.executable, f"examples/{name}.py"] for name in ("onboard", "dashboard")
        },
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
    Language(
        "typescript",
        ["node", "tsc"],
        ["node", "runner.js"],
        build=[
            ["sh", "-c", f"mkdir -p {BUILT}/typescript && cp -r *.js package.json generated {BUILT}/typescript"],
            ["tsc", "-p", ".", "--noEmit", "false", "--rootDir", ".", "--outDir", BUILT / "typescript"],
        ],
        checks=[["tsc", "-p", "."]],
        examples={
            "onboard": ["node", "examples/onboard.js"],
            # It is a function: this calls it.
            "dashboard": ["node", "--input-type=module", "-e", DASHBOARD, BUILT / "typescript"],
        },
    ),
    Language(
        "go",
        ["go"],
        [BUILT / "go-runner"],
        build=[
            ["go", "build", "-o", BUILT / "go-runner", "./runner"],
            ["go", "build", "-o", f"{BUILT}/go-examples/", "./examples/..."],
        ],
        checks=[["go", "vet", "./..."], ["sh", "-c", 'test -z "$(gofmt -l . | tee /dev/stderr)"']],
        examples={name: [BUILT / "go-examples" / name] for name in ("onboard", "dashboard")},
    ),
    Language(
        "java",
        ["java", "javac"],
        ["java", "-cp", BUILT / "java", "Runner"],
        build=[["sh", "-c", f"javac -d {BUILT / 'java'} $(find src generated runner examples -name '*.java')"]],
        checks=[["sh", "-c", "javac -Xlint:all -Werror -d $(mktemp -d) $(find src generated examples -name '*.java')"]],
        examples={name.lower(): ["java", "-cp", BUILT / "java", name] for name in ("Onboard", "Dashboard")},
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
        examples={name: [BUILT / "rust/release/examples" / name] for name in ("onboard", "dashboard")},
    ),
    Language(
        "swift",
        ["swift"],
        [ROOT / ".build/release/client-runner"],
        build=[swift_build(product) for product in ("client-runner", "client-onboard", "client-dashboard")],
        # Swift's output goes out line by line to terminals only.
        examples={
            name: ["stdbuf", "-oL", ROOT / f".build/release/client-{name}"] for name in ("onboard", "dashboard")
        },
    ),
]


def chosen():
    """All, or those that CLIENTS_LANGUAGES names, with commas between."""
    names = os.environ.get("CLIENTS_LANGUAGES")
    return [each for each in LANGUAGES if names is None or each.name in names.split(",")]
