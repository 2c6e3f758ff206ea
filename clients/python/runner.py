"""Does what the scenario suite says, with this client: commands come as lines of JSON, answers go out likewise.

`clients/tests/README.md` says what the commands are.
"""

import asyncio
import json
import pathlib
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from gatehouse import Client, GatehouseError, Settings, WireError, v1  # noqa: E402
from gatehouse.generated import MESSAGES  # noqa: E402


class Runner:
    def __init__(self):
        self.client = None
        self.tasks = {}
        self.watches = {}
        self.permits = {}
        self.methods = {}

    def answer(self, **fields):
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()

    def open(self, command):
        settings = {name: value / 1000 for name, value in command.get("settings_ms", {}).items()}
        self.client = Client(command["addresses"], token=command.get("token", ""), settings=Settings(**settings))
        for service in vars(self.client).values():
            for name, method in vars(type(service)).items():
                if hasattr(method, "path"):
                    self.methods[method.path] = getattr(service, name[1:])

    async def run(self):
        commands = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read():
            for line in sys.stdin:
                loop.call_soon_threadsafe(commands.put_nowait, json.loads(line))
            loop.call_soon_threadsafe(commands.put_nowait, {"op": "exit"})

        threading.Thread(target=read, daemon=True).start()
        while True:
            command = await commands.get()
            operation = command["op"]
            if operation == "exit":
                break
            if operation == "open":
                self.open(command)
            elif operation == "cancel":
                self.tasks[command["target"]].cancel()
            elif operation == "permit":
                for _ in range(command["count"]):
                    self.permits[command["watch"]].release()
            else:
                task = asyncio.ensure_future(self.guarded(command, getattr(self, operation)))
                self.tasks[command["id"]] = task
                await asyncio.sleep(0)  # It begins before it can be cancelled.
        if self.client is not None:
            await self.client.close()

    async def guarded(self, command, operation):
        try:
            self.answer(id=command["id"], **(await operation(command) or {}))
        except GatehouseError as error:
            self.answer(id=command["id"], error=described(error))
        except asyncio.CancelledError:
            self.answer(id=command["id"], error={"code": "CANCELLED", "reason": ""})
        self.tasks.pop(command["id"], None)

    def prepared(self, command):
        method = self.methods[command["method"]]
        request = MESSAGES[command["request_type"]].decode(bytes.fromhex(command["request"]))
        fields = {field.name: getattr(request, field.name) for field in request.fields}
        if command.get("timeout_ms") is not None:
            fields["timeout"] = command["timeout_ms"] / 1000
        return method, fields

    async def call(self, command):
        method, fields = self.prepared(command)
        return {"response": (await method(**fields)).encode().hex()}

    async def stream(self, command):
        """Takes some messages of a stream, then lets go of it."""
        method, fields = self.prepared(command)
        messages = []
        if command["take"]:
            async for message in method(**fields):
                messages.append(message.encode().hex())
                if len(messages) == command["take"]:
                    break
        return {"messages": messages}

    async def watch(self, command):
        request = v1.WatchRequest.decode(bytes.fromhex(command["request"]))
        fields = {field.name: getattr(request, field.name) for field in request.fields}
        watch = self.client.watch(
            **fields,
            snapshot_on_history_lost=command.get("snapshot_on_history_lost", False),
            credit=command.get("credit"),
        )
        name = command["watch"]
        permits = self.permits[name] = asyncio.Semaphore(0)
        try:
            while True:
                if command.get("is_slow"):
                    await permits.acquire()
                change = await watch.__anext__()
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
        finally:
            watch.cancel()

    async def follow(self, command):
        """Says each message of a stream that resumes."""
        method, fields = self.prepared(command)
        async for message in method(**fields).resuming():
            self.answer(watch=command["watch"], message=message.encode().hex())

    async def vectors(self, command):
        return self.check_vectors(command)

    @staticmethod
    def check_vectors(command):
        """Holds the encoding against the golden vectors."""
        vectors = json.loads(pathlib.Path(command["file"]).read_text())
        return {"count": len(vectors), "wrong": [vector for vector in vectors if not is_right(vector)]}

    async def bench(self, command):
        """One call again and again, so many at once."""
        method, fields = self.prepared(command)
        left = command["count"]

        async def caller():
            nonlocal left
            while left > 0:
                left -= 1
                await method(**fields)

        await method(**fields)
        started, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(caller() for _ in range(command["in_flight"])))
        return {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}

    async def floor(self, command):
        """What the same costs with a socket alone: frames that are ready, answers that nobody looks into."""
        data, frames, position = pathlib.Path(command["file"]).read_bytes(), [], 0
        while position < len(data):
            end = position + 4 + int.from_bytes(data[position : position + 4], "big")
            frames.append(data[position:end])
            position = end
        floor = Floor(frames, command["in_flight"])
        host, port = command["address"].split(":")
        started, cpu = time.perf_counter(), time.process_time()
        await asyncio.get_running_loop().create_connection(lambda: floor, host, int(port))
        await floor.is_over
        return {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}


class Floor(asyncio.Protocol):
    def __init__(self, frames, in_flight):
        self.frames, self.next, self.in_flight, self.held, self.answers = frames, 0, in_flight, b"", -1  # The hello.
        self.is_over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.send(1 + self.in_flight)

    def send(self, count):
        self.transport.write(b"".join(self.frames[self.next : self.next + count]))
        self.next += count

    def data_received(self, data):
        data, position, answers = self.held + data, 0, 0
        while len(data) - position >= 4:
            end = position + 4 + int.from_bytes(data[position : position + 4], "big")
            if end > len(data):
                break
            position, answers = end, answers + 1
        self.held = data[position:]
        self.send(answers if self.answers >= 0 else answers - 1)
        self.answers += answers
        if self.answers >= len(self.frames) - 1 and not self.is_over.done():
            self.is_over.set_result(None)
            self.transport.close()


def described(error):
    return {
        "code": error.code.name,
        "reason": error.reason,
        "metadata": error.metadata,
        "fields": error.fields,
        "message": error.message,
        "retry_after_ms": None if error.retry_after is None else round(error.retry_after * 1000),
    }


def is_right(vector):
    try:
        message = MESSAGES[vector["message"]].decode(bytes.fromhex(vector["bytes"]))
    except WireError:
        return vector.get("refused", False)
    return message.encode().hex() == vector.get("canonical") and value(message) == vector["value"]


def value(message):
    """As `vectors/make.py` describes a message."""
    described = {}
    for field in message.fields:
        held = getattr(message, field.name)
        if field.shape == "map":
            pairs = [[scalar(field.key, key), scalar(field.type, each)] for key, each in held.items()]
            pairs.sort(key=lambda pair: str(pair[0]).encode())
            if pairs:
                described[field.name] = pairs
        elif field.shape in ("repeated", "packed"):
            if held:
                described[field.name.rstrip("_")] = [scalar(field.type, each) for each in held]
        elif held is not None and (field.shape == "optional" or held or str(held) == "-0.0"):
            described[field.name.rstrip("_")] = scalar(field.type, held)
    return described


def scalar(kind, held):
    if kind == "message":
        return value(held)
    if kind.endswith("64"):
        return str(held)
    if kind == "bytes":
        return held.hex()
    if kind == "double":
        return struct.pack(">d", held).hex()
    return int(held) if kind == "enum" else held


if __name__ == "__main__":
    asyncio.run(Runner().run())
