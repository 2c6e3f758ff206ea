"""Does what the scenario suite says, with the blocking client: as `runner.py` does with the other, each command in a
thread of its own.
"""

import json
import sys
import threading

from runner import Runner, described

from gatehouse import BlockingClient, GatehouseError, Settings, v1
from gatehouse.generated import MESSAGES

# Half a megabyte is plenty for a call, and a thousand of them are no matter.
threading.stack_size(512 << 10)


class BlockingRunner:
    def __init__(self):
        self.client = None
        self.methods = {}
        self.watches = {}
        self.permits = {}
        self.output = threading.Lock()
        self.threads = []

    def answer(self, **fields):
        with self.output:
            sys.stdout.write(json.dumps(fields) + "\n")
            sys.stdout.flush()

    def open(self, command):
        settings = {name: value / 1000 for name, value in command.get("settings_ms", {}).items()}
        self.client = BlockingClient(
            command["addresses"], token=command.get("token", ""), settings=Settings(**settings)
        )
        for service in vars(self.client).values():
            for name, method in vars(type(service)).items():
                if hasattr(method, "path"):
                    self.methods[method.path] = getattr(service, name[1:])

    def run(self):
        for line in sys.stdin:
            command = json.loads(line)
            operation = command["op"]
            if operation == "open":
                self.open(command)
            elif operation == "cancel":
                self.watches[command["target"]].cancel()
            elif operation == "permit":
                self.permits[command["watch"]].release(command["count"])
            else:
                if operation == "watch":
                    self.begin_watch(command)
                elif operation == "follow":
                    method, fields = self.prepared(command)
                    self.watches[command["id"]] = method(**fields).resuming()
                thread = threading.Thread(target=self.guarded, args=(command, getattr(self, operation)))
                thread.start()
                self.threads.append(thread)
        if self.client is not None:
            self.client.close()
        for permits in self.permits.values():
            permits.release()
        for thread in self.threads:
            thread.join()

    def guarded(self, command, operation):
        try:
            self.answer(id=command["id"], **operation(command))
        except GatehouseError as error:
            self.answer(id=command["id"], error=described(error))

    def prepared(self, command):
        method = self.methods[command["method"]]
        request = MESSAGES[command["request_type"]].decode(bytes.fromhex(command["request"]))
        fields = {field.name: getattr(request, field.name) for field in request.fields}
        if command.get("timeout_ms") is not None:
            fields["timeout"] = command["timeout_ms"] / 1000
        return method, fields

    def call(self, command):
        method, fields = self.prepared(command)
        return {"response": method(**fields).encode().hex()}

    def stream(self, command):
        """Takes some messages of a stream, then lets go of it."""
        method, fields = self.prepared(command)
        messages = []
        if command["take"]:
            stream = method(**fields)
            for message in stream:
                messages.append(message.encode().hex())
                if len(messages) == command["take"]:
                    break
            stream.cancel()
        return {"messages": messages}

    def begin_watch(self, command):
        request = v1.WatchRequest.decode(bytes.fromhex(command["request"]))
        fields = {field.name: getattr(request, field.name) for field in request.fields}
        self.permits[command["watch"]] = threading.Semaphore(0)
        self.watches[command["id"]] = self.client.watch(
            **fields,
            snapshot_on_history_lost=command.get("snapshot_on_history_lost", False),
            credit=command.get("credit"),
        )

    def watch(self, command):
        name, watch = command["watch"], self.watches[command["id"]]
        while True:
            if command.get("is_slow"):
                self.permits[name].acquire()
            try:
                change = next(watch)
            except StopIteration:
                # A `for` ends where its Watch was cancelled; the suite's word for that is CANCELLED.
                return {"error": {"code": "CANCELLED", "reason": ""}}
            said = {"watch": name, "position": watch.position, "behind_by": watch.behind_by}
            if change.event is not None:
                said["event"] = change.event.encode().hex()
            elif change.current is not None:
                said["current"] = change.current.encode().hex()
            elif change.snapshot_begun is not None:
                said["snapshot_begun"] = change.snapshot_begun.reason
            elif change.snapshot_complete is not None:
                said["snapshot_complete"] = [change.snapshot_complete.revision, change.snapshot_complete.customers]
            self.answer(**said)

    def follow(self, command):
        """Says each message of a stream that resumes."""
        for message in self.watches[command["id"]]:
            self.answer(watch=command["watch"], message=message.encode().hex())
        return {"error": {"code": "CANCELLED", "reason": ""}}

    def vectors(self, command):
        return Runner.check_vectors(command)


if __name__ == "__main__":
    BlockingRunner().run()
