"""The command line as a user runs it, and a client of the wire that can do all of it."""

import json
import os
import re
import subprocess

import pytest

from gatehouse_client import Hold, Screening, State, Verification
from harness import BINARY, Wallet, active, await_state, create, random_wallet_text, unique, verifying


@pytest.fixture
def run(shared_server):
    """Runs the binary against the shared server: code, standard output, standard error."""
    return runner(shared_server)


def runner(server):
    def go(*arguments, code=0, text=None, environment=None):
        settings = {"PATH": os.environ["PATH"], "GATEHOUSE_SERVER": server.listen} | (environment or {})
        done = subprocess.run(
            [BINARY, *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            env=settings,
            input=text if text is not None else "",
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    return go


@pytest.fixture
def run_json(run):
    def go(*arguments, **options):
        return [json.loads(line) for line in run(*arguments, "--json", **options).stdout.splitlines()]

    return go


def test_a_first_session_by_hand(run, run_json, connection):
    (wallet,) = run_json("wallet", "new")
    assert re.fullmatch("0x[0-9a-f]{64}", wallet["key"]) and Wallet(wallet["key"]).address == wallet["address"]
    external_id = unique()
    (made,) = run_json(
        "create",
        "--wallet",
        wallet["wallet"],
        "--external-id",
        external_id,
        "--label",
        "plan=gold",
    )
    customer = made["customer"]
    assert customer["state"] == "INITIATING" and customer["labels"] == {"plan": "gold"}
    assert customer["wallet"] == wallet["wallet"] and customer["external_id"] == external_id
    assert customer["pending"]["on"] == "CHALLENGE"
    challenge = run("challenge", customer["id"]).stdout
    assert challenge == made["challenge"]["message"] and not challenge.endswith("\n")
    signature = run("wallet", "sign", "--key", wallet["key"], "--message-file", "-", text=challenge).stdout.strip()
    assert signature == "0x" + Wallet(wallet["key"]).sign(challenge.encode()).hex()
    fetched = run("wallet", "sign", "--key", wallet["key"], "--customer", customer["id"]).stdout.strip()
    assert fetched == signature
    (submitted,) = run_json("submit", customer["id"], "--signature", signature)
    assert submitted["state"] in {"SCREENING", "VERIFYING"}
    await_state(connection, customer["id"], State.VERIFYING)
    (session,) = run_json("verification", "get", customer["id"])
    assert session["attempt"] == 1
    (verified,) = run_json("simulate", "verify", customer["id"])
    assert verified["state"] == "ACTIVE" and "pending" not in verified
    (held,) = run_json("deactivate", customer["id"], "--kind", "risk", "--reason", "odd", "--private-detail", "x")
    assert held["state"] == "INACTIVE" and [hold["kind"] for hold in held["holds"]] == ["RISK"]
    (back,) = run_json("activate", customer["id"], "--kind", "risk", "--expected-revision", str(held["revision"]))
    assert back["state"] == "ACTIVE"
    (gone,) = run_json("reject", customer["id"], "--reason", "fraud", "--evidence", "case 9")
    assert gone["state"] == "REJECTED"
    for by in ((customer["id"],), ("--external-id", external_id), ("--wallet", wallet["wallet"])):
        assert run_json("get", *by) == [gone]
    events = run_json("history", customer["id"])
    assert [event["to"] for event in events] == [
        "INITIATING",
        "SCREENING",
        "VERIFYING",
        "ACTIVE",
        "INACTIVE",
        "ACTIVE",
        "REJECTED",
    ]
    assert events[-1]["cause"]["private_detail"] == "case 9" and events[-1]["customer"] == gone
    again = run("create", "--wallet", wallet["wallet"], "--external-id", unique(), code=1)
    assert "PREVIOUSLY_REJECTED" in again.stderr and "FAILED_PRECONDITION" in again.stderr and again.stdout == ""


def test_json_and_the_wire_say_the_same(run_json, connection):
    customer = active(connection, labels={"a": "ü", "b": '"quoted" \\ and 日本'})
    (seen,) = run_json("get", customer.id)
    assert seen["labels"] == dict(customer.labels) and seen["revision"] == customer.revision
    assert seen["state"] == "ACTIVE" and seen["external_id"] == customer.external_id
    assert seen["created_at"].endswith("Z") and seen["holds"] == []


def test_text_output(run, connection):
    customer = active(connection)
    shown = run("get", customer.id).stdout
    for part in (customer.id, "ACTIVE", customer.wallet, customer.external_id):
        assert part in shown
    assert "\x1b" not in shown, "no colours into a pipe"
    assert len(run("history", customer.id).stdout.splitlines()) >= 4
    assert customer.id in run("list", "--state", "active").stdout


def test_list(run_json, connection):
    customer = create(connection).customer
    everyone = run_json("list", "--page-size", "7")
    assert len({each["id"] for each in everyone}) == len(everyone)
    assert customer.id in {each["id"] for each in everyone}
    assert {each["state"] for each in run_json("list", "--state", "initiating", "--state", "active")} <= {
        "INITIATING",
        "ACTIVE",
    }
    assert len(run_json("list", "--limit", "3")) == 3


def test_watch(run_json, connection):
    customer = active(connection)
    create(connection)
    first = run_json("watch", "--after", "0", "--count", "5")
    assert [line["revision"] for line in first] == [1, 2, 3, 4, 5] and {line["kind"] for line in first} == {"event"}
    own = run_json("watch", "--after", "0", "--customer", customer.id, "--count", "4")
    assert [line["to"] for line in own] == ["INITIATING", "SCREENING", "VERIFYING", "ACTIVE"]
    snapshot = run_json("watch", "--snapshot", "--customer", customer.id, "--count", "1")
    assert snapshot[0]["kind"] == "current" and snapshot[0]["customer"]["id"] == customer.id


def test_watch_live(shared_server, connection):
    watching = subprocess.Popen(
        [BINARY, "watch", "--json", "--progress", "--count", "1", "--server", shared_server.listen],
        stdout=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert json.loads(watching.stdout.readline())["kind"] == "progress"
    customer = create(connection).customer
    line = json.loads(watching.stdout.readline())
    while line["kind"] == "progress":
        line = json.loads(watching.stdout.readline())
    assert line["kind"] == "event" and line["revision"] == customer.revision
    assert watching.wait(20) == 0
    watching.stdout.close()


def test_stats(run, run_json, connection):
    create(connection)
    (stats,) = run_json("stats")
    assert stats["counts"]["INITIATING"] >= 1 and stats["revision"] >= 1
    assert "INITIATING" in run("stats").stdout


def test_reviews(manual_server):
    go = runner(manual_server)
    with manual_server.connect() as connection:
        ids = []
        for _ in range(4):
            wallet = Wallet()
            response = create(connection, wallet.on())
            connection.customers.submit_challenge(
                customer_id=response.customer.id, signature=wallet.sign(response.challenge.message)
            )
            ids.append(response.customer.id)

    def state(*arguments):
        return json.loads(go(*arguments, "--json").stdout)["state"]

    report = ("screening", "report", ids[0])
    assert state(*report, "inconclusive", "--provider", "p") == "SCREENING"
    assert state(*report, "hit", "--provider", "p", "--detail", "list 3", "--risk", "high") == "SCREENING"
    assert state(*report, "hit", "--provider", "q", "--attempt", "3") == "REJECTED"
    assert state("screening", "report", ids[1], "clear", "--provider", "p", "--final") == "VERIFYING"
    start = ("verification", "start", ids[1], "--provider", "k", "--session-url", "https://k.example/1")
    assert state(*start, "--expires-at", "2030-01-01T00:00:00Z") == "VERIFYING"
    session = json.loads(go("verification", "get", ids[1], "--json").stdout)
    assert session["session_url"] == "https://k.example/1" and session["expires_at"].startswith("2030-01-01T00:00:00")
    assert state("verification", "report", ids[1], "retry", "--provider", "k", "--reason", "blurred") == "VERIFYING"
    assert state("verification", "report", ids[1], "approved", "--provider", "k") == "ACTIVE"
    assert state("simulate", "screen", ids[2], "clear") == "VERIFYING"
    assert state("simulate", "reject", ids[2]) == "REJECTED"
    assert "ILLEGAL_TRANSITION" in go("simulate", "verify", ids[3], code=1).stderr


def test_idempotency_keys(run):
    arguments = [
        "create",
        "--wallet",
        random_wallet_text(),
        "--external-id",
        unique(),
        "--idempotency-key",
        unique(),
        "--json",
    ]
    assert run(*arguments).stdout == run(*arguments).stdout


@pytest.mark.parametrize(
    "arguments,reason",
    [
        (["get", "01890a5d-ac96-774b-bcce-b302099a8057"], "NOT_FOUND CUSTOMER_NOT_FOUND"),
        (["create", "--wallet", "eip155:1:0x00", "--external-id", "x"], "INVALID_ARGUMENT WALLET_INVALID"),
        (["create", "--wallet", "tron:1:abc", "--external-id", "x"], "INVALID_ARGUMENT UNSUPPORTED_CHAIN"),
        (["watch", "--after", "4000000000"], "OUT_OF_RANGE REVISION_IN_FUTURE"),
        (["watch", "--store-id", "00" * 16], "FAILED_PRECONDITION STORE_CHANGED"),
    ],
)
def test_refusals(run, arguments, reason):
    done = run(*arguments, code=1)
    assert reason in done.stderr and done.stdout == "" and len(done.stderr) > len(reason) + 20


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["get"],
        ["get", "a", "b"],
        ["get", "a", "--wallet", "b"],
        ["create"],
        ["create", "--external-id", "x"],
        ["list", "--state", "happy"],
        ["list", "--page-size", "0"],
        ["watch", "--after", "-1"],
        ["watch", "--after", "1", "--snapshot"],
        ["submit", "id", "--signature", "0xZZ"],
        ["get", "a", "--server", "nowhere"],
        ["wallet"],
        ["wallet", "sign"],
        ["wallet", "sign", "--key", "0x00"],
        ["simulate"],
        ["simulate", "screen", "a", "perhaps"],
        ["transitions", "stray"],
        ["--json"],
        ["get", "a", "--frobnicate"],
    ],
)
def test_usage(run, arguments):
    done = run(*arguments, code=2)
    assert done.stderr and done.stdout == ""


COMMANDS = [
    "serve",
    "create",
    "challenge",
    "submit",
    "get",
    "list",
    "history",
    "activate",
    "deactivate",
    "reject",
    "watch",
    "stats",
    "transitions",
    "demo",
]


def test_help(run):
    overview = run("--help").stdout
    for command in [*COMMANDS, "screening", "verification", "simulate", "wallet"]:
        assert command in overview, command
        assert run(command, "--help").stdout.strip()
    serve = run("serve", "--help").stdout
    for flag in ("listen", "data", "sandbox", "challenge-ttl", "log-format"):
        assert f"--{flag}" in serve and "GATEHOUSE_" + flag.replace("-", "_").upper() in serve


def test_nobody_listens(run):
    done = run("get", "01890a5d-ac96-774b-bcce-b302099a8057", "--server", "127.0.0.1:1", code=1)
    assert "127.0.0.1:1" in done.stderr


def test_transitions_are_the_design_s(run):
    rows = [json.loads(line) for line in run("transitions", "--json").stdout.splitlines()]
    moves = {(row["from"], row["to"]) for row in rows if row["effect"] != "note" and row["from"] != row["to"]}
    assert moves == {
        (None, "INITIATING"),
        ("INITIATING", "SCREENING"),
        ("SCREENING", "VERIFYING"),
        ("SCREENING", "REJECTED"),
        ("VERIFYING", "ACTIVE"),
        ("VERIFYING", "REJECTED"),
        ("ACTIVE", "INACTIVE"),
        ("INACTIVE", "ACTIVE"),
        ("INITIATING", "REJECTED"),
        ("ACTIVE", "REJECTED"),
        ("INACTIVE", "REJECTED"),
    }
    text = run("transitions").stdout
    for state in ("INITIATING", "SCREENING", "VERIFYING", "ACTIVE", "INACTIVE", "REJECTED"):
        assert state in text


@pytest.mark.timeout(120)
def test_demo(tmp_path):
    done = subprocess.run(
        [BINARY, "demo"],
        capture_output=True,
        text=True,
        timeout=110,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for word in (
        "INITIATING",
        "SCREENING",
        "VERIFYING",
        "ACTIVE",
        "INACTIVE",
        "REJECTED",
        "SIGNATURE_MISMATCH",
        "PREVIOUSLY_REJECTED",
    ):
        assert word in done.stdout, word
    assert "\x1b" not in done.stdout and not list(tmp_path.iterdir())


def test_wallet_signatures_are_those_of_eth_account(run):
    for _ in range(10):
        wallet = Wallet()
        key = "0x" + wallet.account.key.hex().removeprefix("0x")
        address = json.loads(run("wallet", "address", "--key", key, "--json").stdout)
        assert address["address"] == wallet.address
        for form, ours in (("65", "v27"), ("2098", "compact")):
            signature = run(
                "wallet", "sign", "--key", key, "--message-file", "-", "--form", form, text="héllo\n"
            ).stdout
            assert signature.strip() == "0x" + wallet.sign("héllo\n".encode(), ours).hex()


def test_the_wire_can_do_all_that_the_commands_can(connection, manual):
    """Each command of the list above by the client that knows only the proto files."""
    customer = verifying(connection)
    connection.reviews.start_verification(customer_id=customer.id, provider="p")
    connection.reviews.report_verification(customer_id=customer.id, outcome=Verification.APPROVED)
    connection.customers.deactivate(customer_id=customer.id, kind=Hold.RISK)
    connection.customers.activate(customer_id=customer.id, kinds=[Hold.RISK])
    assert connection.customers.get_history(customer_id=customer.id).events[-1].to == State.ACTIVE
    assert connection.customers.list_customers(page_size=1).customers
    assert connection.customers.watch_stats().next().revision
    other = create(manual)
    assert manual.reviews.reject(customer_id=other.customer.id, reason="r").customer.state == State.REJECTED
    assert Screening.CLEAR == 1
