"""Plays one scenario: tells a runner what to call, the server and the wire what to suffer, and holds the answers against
what is expected. `README.md` says what the steps are."""

import contextlib
import functools
import json
import pathlib
import subprocess
import time

from faulty_proxy import FaultyProxy
from gatehouse_client import CODES, SCHEMA, Refusal
from harness import BINARY, Server, create, watch_all
from load import start_load
from mounts import occupy, tmpfs
from runner_process import RunnerProcess
from values import Names, classes, differences, fill, kept

SCENARIOS = json.loads((pathlib.Path(__file__).parent / "scenarios.json").read_text())
# So short that a scenario waits for none of them for long.
SETTINGS_MS = {"keepalive_after": 300, "keepalive_timeout": 300, "connect_timeout": 1000, "greatest_pause": 200}
PACKAGE = "gatehouse.v1."


class Scenario:
    """A server, a wire to it, a runner, and what was kept so far."""

    def __init__(self, described, language, folder):
        self.described, self.language = described, language
        self.token, flags = "", described.get("flags", [])
        if "token" in described:
            self.token, line = new_token(described["token"])
            (folder / "tokens").write_text(line + "\n")
            flags = [*flags, "--tokens", folder / "tokens"]
        self.token = described.get("wrong_token", self.token)
        self.closing = contextlib.ExitStack()
        if "disk_bytes" in described:
            folder = self.closing.enter_context(tmpfs(folder / "disk", described["disk_bytes"]))
        self.folder = folder
        self.server = Server(folder / "data", *map(str, flags))
        self.names = Names()
        self.open = {}  # by name: the method and the command of a call whose answer was not asked for yet
        self.ended = {}  # by name: how a watch ended

    def play(self):
        self.server.start()
        self.proxy = FaultyProxy(self.server.address)
        self.runner = RunnerProcess(self.language)
        try:
            addresses = self.described.get("addresses", ["proxy"])
            settings = SETTINGS_MS | self.described.get("settings_ms", {})
            addresses = [self.address(each) for each in addresses]
            self.runner.send("open", addresses=addresses, settings_ms=settings, token=self.token)
            for number, step in enumerate(self.described["steps"], 1):
                try:
                    self.step(step)
                except Exception as error:
                    raise AssertionError(f"step {number} {json.dumps(step)}: {error}") from error
            self.runner.close()
        finally:
            self.runner.process.kill()
            self.proxy.close()
            if self.server.process.poll() is None:
                self.server.kill()
            self.closing.close()

    def address(self, name):
        # Nothing ever listens on port 1.
        return {"proxy": self.proxy.listen, "server": self.server.listen, "nobody": "127.0.0.1:1"}[name]

    def step(self, step):
        verbs = [verb for verb in VERBS if verb in step]
        assert len(verbs) == 1, f"a step does one thing, not {verbs}"
        getattr(self, verbs[0])(step)

    # --- Calls

    def call(self, step):
        if "until_connections" in step:
            # The wire's word is on its way: calls that overtake it are answered where they were made.
            deadline = time.monotonic() + 20
            while self.proxy.connections < step["until_connections"]:
                assert time.monotonic() < deadline, f"there are {self.proxy.connections} connections"
                self.begin(step)
                self.check(step, *self.open.pop("call"))
            return
        for _ in range(step.get("repeat", 1)):
            self.begin(step)
            if "await_state" in step:
                return self.poll(step)
            if "as" not in step:
                self.check(step, *self.open.pop("call"))

    def begin(self, step):
        method = PACKAGE + step["call"] if not step["call"].startswith("grpc.") else step["call"]
        request = fill(classes(method)[0](), step.get("request", {}), self.names)
        fields = {"method": method, "request": request.SerializeToString().hex(), "timeout_ms": step.get("timeout_ms")}
        fields["request_type"] = request.DESCRIPTOR.full_name
        if SCHEMA.method(method).server_streaming:
            number = self.runner.send("stream", take=step["take"], **fields)
        else:
            number = self.runner.send("call", **fields)
        self.open[step.get("as", "call")] = (method, number)

    def check(self, step, method, number):
        answer = self.runner.answer(number)
        if "refused" in step:
            return self.check_refusal(step["refused"], answer)
        assert "error" not in answer, answer
        texts = answer["messages"] if "messages" in answer else [answer["response"]]
        for text in texts:
            response = classes(method)[1].FromString(bytes.fromhex(text))
            found = differences(response, step.get("expect", {}), self.names)
            assert not found, found
            for name, path in step.get("keep", {}).items():
                self.names.kept[name] = kept(response, path)
        assert len(texts) == step.get("take", 1)

    def check_refusal(self, expected, answer):
        assert "error" in answer, f"not refused: {answer}"
        error = answer["error"]
        for key, value in expected.items():
            if key == "metadata":
                for name, each in value.items():
                    assert name in error["metadata"], error
                    assert each is None or error["metadata"][name] == self.names.resolve(each), error
            elif key == "fields":
                assert [field for field, _ in error["fields"]] == value, error
            elif key == "retry_after":
                assert error["retry_after_ms"] is not None, error
            else:
                assert error[key] == value, error

    def poll(self, step):
        """Makes the call again and again until the customer is in a state."""
        deadline = time.monotonic() + 20
        state = SCHEMA.enum("gatehouse.v1.CustomerState").numbers[step["await_state"]]
        while True:
            method, number = self.open.pop("call")
            answer = self.runner.answer(number)
            response = classes(method)[1].FromString(bytes.fromhex(answer["response"]))
            if response.customer.state == state:
                return
            assert time.monotonic() < deadline, f"the customer stays {response.customer.state}"
            time.sleep(0.02)
            self.begin(step)

    def answer(self, step):
        self.check(step, *self.open.pop(step["answer"]))

    def cancel(self, step):
        self.runner.send("cancel", target=self.open[step["cancel"]][1])

    def crowd(self, step):
        """So many creations at once, each answered, each once."""
        create = "gatehouse.v1.CustomerService/CreateCustomer"
        numbers = []
        for index in range(step["crowd"]):
            wallet = f"eip155:1:0x{index + 1:040x}"
            request = classes(create)[0](wallet=wallet, external_id=f"crowd-{index}")
            fields = {"method": create, "request": request.SerializeToString().hex(), "timeout_ms": 60000}
            numbers.append(self.runner.send("call", request_type=request.DESCRIPTOR.full_name, **fields))
        answers = [self.runner.answer(number, 60) for number in numbers]
        assert all("response" in answer for answer in answers), [each for each in answers if "error" in each][:3]
        names = {
            classes(create)[1].FromString(bytes.fromhex(each["response"])).customer.external_id for each in answers
        }
        assert len(names) == step["crowd"]

    # --- Watches

    def watch(self, step):
        request = fill(classes(PACKAGE + "CustomerService/Watch")[0](), step.get("request", {}), self.names)
        fields = {name: step[name] for name in ("snapshot_on_history_lost", "credit", "is_slow") if name in step}
        text = request.SerializeToString().hex()
        self.open[step["watch"]] = (None, self.runner.send("watch", watch=step["watch"], request=text, **fields))

    def follow(self, step):
        """A stream that resumes, of a method whose messages say what is so now."""
        method = PACKAGE + step["method"] if not step["method"].startswith("grpc.") else step["method"]
        request = fill(classes(method)[0](), step.get("request", {}), self.names)
        fields = {"method": method, "request_type": request.DESCRIPTOR.full_name}
        number = self.runner.send("follow", watch=step["follow"], request=request.SerializeToString().hex(), **fields)
        self.open[step["follow"]] = (method, number)

    def told(self, step):
        """Waits until what a followed stream said last is what is expected."""
        name = step["told"]
        response = classes(self.open[name][0])[1]

        def is_so():
            said = self.runner.said(name)
            return said and not differences(
                response.FromString(bytes.fromhex(said[-1]["message"])), step["expect"], self.names
            )

        self.wait_for(name, is_so, f"{step['expect']} of {name}")

    def permit(self, step):
        self.runner.send("permit", watch=step["permit"], count=step["count"])

    def handed_out(self, step):
        """Waits until a watch has handed out so many of a kind."""
        name, kind = step["handed_out"], step["kind"]
        said = lambda: sum(kind in each for each in self.runner.said(name)) >= step["count"]  # noqa: E731
        self.wait_for(name, said, f"{step['count']} times {kind} of {name}")

    def wait_for(self, name, ready, what, wait=60):
        deadline = time.monotonic() + wait
        while not ready():
            assert not self.runner.is_answered(self.open[name][1]), self.runner.answer(self.open[name][1])
            assert time.monotonic() < deadline, f"{what} did not come: {len(self.runner.said(name))} were said"
            time.sleep(0.01)

    def complete(self, step):
        """A watch has handed out, or will, each event of the log from its beginning on once and in order: behind its
        snapshot where it had one, behind a revision otherwise."""
        name = step["complete"]
        with self.server.connect() as connection:
            admin = connection.admin.get_status()
            last = admin.log.durable_revision
            events = {event.revision: event for event in watch_all(connection, until=last)} if last else {}
        self.wait_for(
            name, lambda: ((self.runner.said(name) or [{}])[-1].get("position") or 0) >= last, f"revision {last}"
        )
        held, position = None, step.get("after", 0)
        everything = self.runner.said(name)
        # What came before the history changed was another's.
        begins = [index for index, said in enumerate(everything) if said.get("snapshot_begun") == "STORE_CHANGED"]
        for said in everything[begins[-1] if begins else 0 :]:
            if "snapshot_begun" in said:
                held, position = {}, None
            elif "current" in said:
                customer = SCHEMA.message("gatehouse.v1.Customer").FromString(bytes.fromhex(said["current"]))
                assert position is None and customer.id not in held, "a snapshot has a customer twice, or comes late"
                held[customer.id] = customer
            elif "snapshot_complete" in said:
                position, count = said["snapshot_complete"]
                assert count == len(held) and said["position"] == position
                assert held == state_at(events.values(), position), "the snapshot is not what was then"
            else:
                event = SCHEMA.message("gatehouse.v1.Event").FromString(bytes.fromhex(said["event"]))
                assert event.revision == position + 1 == said["position"], f"{event.revision} behind {position}"
                assert event == events[event.revision], f"event {event.revision} is another"
                position = event.revision
        assert position == last

    def said(self, step):
        """What a watch has said last of a kind."""
        said = [each[step["kind"]] for each in self.runner.said(step["said"]) if step["kind"] in each]
        assert said[-1] == step["is"], said

    # --- The server and the wire

    def fault(self, step):
        fault = step["fault"]
        if fault in ("restart", "crash", "other store"):
            self.server.kill() if fault == "crash" else self.server.terminate()
            if fault == "other store":
                self.server.data = self.server.data.with_name("other")
            self.server.start()
            self.proxy.target = self.server.address
        elif fault == "stop":
            self.server.terminate()
        elif fault == "start":
            self.server.start()
            self.proxy.target = self.server.address
        elif fault in ("cut", "stall"):
            getattr(self.proxy, fault)()
        elif fault == "refuse":
            self.proxy.refuse()
        elif fault == "admit":
            self.proxy.refuse(False)
        elif fault == "go away":
            self.go_away(step)
        elif fault == "refusal":
            self.proxy.at_next_frame(functools.partial(refusal, step))
        elif fault == "let go":
            self.let_go()
        elif fault == "fill the disk":
            self.fill_disk()
        elif fault == "empty the disk":
            (self.folder / "others").unlink()
        else:
            self.proxy.at_next_frame(fault.removesuffix(" at the next frame"))

    def go_away(self, step):
        frame = SCHEMA.message("gatehouse.rpc.v1.Frame")()
        frame.go_away.last_stream = step.get("last_stream", (1 << 31) - 1)
        frame.go_away.status.code, frame.go_away.status.message = 14, "the wire asks you to leave"
        self.proxy.send_to_clients(frame.SerializeToString())

    def let_go(self):
        """Writes, takes snapshots and starts again until the first event is kept no longer."""
        deadline = time.monotonic() + 60
        while True:
            with self.server.connect() as connection:
                try:
                    watch_all(connection, 0, until=1)
                except Refusal as refusal:
                    assert refusal.reason == "REVISION_COMPACTED", refusal
                    return
                assert time.monotonic() < deadline, "the first event is still kept"
                create(connection)
                time.sleep(1.1)  # The keys lapse after a second: what holds them is not let go of before.
                for _ in range(2):
                    create(connection)
                    connection.admin.take_snapshot()
            self.server.terminate()
            self.server.start()
            self.proxy.target = self.server.address

    def fill_disk(self):
        """An outside file takes the room, load takes the rest."""
        occupy(self.folder / "others", leave=1 << 20)
        loaders = start_load(self.server, connections=2, depth=64)
        deadline = time.monotonic() + 60
        while not all(loader.told.failures for loader in loaders):
            assert time.monotonic() < deadline, "the disk does not become full"
            time.sleep(0.01)
        for loader in loaders:
            loader.stopping.set()

    def connections(self, step):
        """How many connections there were so far."""
        self.proxy.wait_for_connections(step["connections"])
        assert self.proxy.connections == step["connections"], self.proxy.connections

    def customers(self, step):
        """How many there are, whatever the client believes."""
        with self.server.connect() as connection:
            assert connection.admin.get_status().customers == step["customers"]

    def past(self, step):
        """Waits until a moment that an answer named has passed."""
        moment = self.names.kept[step["past"]]
        time.sleep(max(0.0, moment.seconds + moment.nanos / 1e9 - time.time()) + 0.05)

    def vectors(self, step):
        answer = self.runner.answer(self.runner.send("vectors", file=str(VECTORS)))
        assert answer["count"] > 500 and answer["wrong"] == [], answer["wrong"][:3]


def refusal(step, body):
    """What the wire makes of an answer: another one. None of a frame that is no answer."""
    frame = SCHEMA.message("gatehouse.rpc.v1.Frame").FromString(body)
    if not frame.HasField("reply"):
        return None
    frame.reply.Clear()
    status = frame.reply.status
    status.code, status.message = CODES.index(step["code"]), "the wire has no time for this"
    info = SCHEMA.message("google.rpc.ErrorInfo")(reason=step["reason"], domain="gatehouse")
    details = [info]
    if "retry_after_ms" in step:
        retry = SCHEMA.message("google.rpc.RetryInfo")()
        seconds, milliseconds = divmod(step["retry_after_ms"], 1000)
        retry.retry_delay.seconds, retry.retry_delay.nanos = seconds, milliseconds * 1_000_000
        details.append(retry)
    for detail in details:
        name = f"type.googleapis.com/{detail.DESCRIPTOR.full_name}"
        status.details.add(type_url=name, value=detail.SerializeToString())
    return frame.SerializeToString()


def new_token(described):
    """A token for a caller, and the line of the server's file for it."""
    flags = [part for name, value in described.items() for part in (f"--{name}", value)]
    done = subprocess.run([BINARY, "token", "new", "--json", *flags], capture_output=True, check=True, timeout=30)
    said = json.loads(done.stdout)
    return said["token"], said["line"]


@functools.cache
def server_knows_tokens():
    """Whether the server that is tested has callers with tokens."""
    done = subprocess.run([BINARY, "serve", "--help"], capture_output=True, text=True, check=True, timeout=30)
    return "--tokens" in done.stdout


def state_at(events, revision):
    """The customers as of a revision, by id."""
    held = {}
    for event in events:
        if event.revision <= revision:
            held[event.customer.id] = event.customer
    return held


VERBS = [
    "call",
    "answer",
    "cancel",
    "crowd",
    "watch",
    "permit",
    "follow",
    "told",
    "handed_out",
    "complete",
    "said",
    "fault",
    "connections",
]
VERBS += ["customers", "past", "vectors"]
VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors" / "vectors.json"
