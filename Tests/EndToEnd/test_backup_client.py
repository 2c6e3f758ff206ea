"""What the command does with a server that sends something else than a backup."""

import os
import socket
import threading

import pytest

from gatehouse_client import SCHEMA, Frame, FrameReader, encode_frame
from test_admin import gatehouse
from test_backup import crc32c

Response = SCHEMA.message("gatehouse.v1.BackupResponse")


class FakeServer:
    """Greets every connection, and answers its first call with the messages given, then OK."""

    def __init__(self, *messages):
        self.messages = messages
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listen = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        reader = FrameReader()
        with client:
            while data := client.recv(65536):
                reader.add(data)
                while (frame := reader.next()) is not None:
                    client.sendall(b"".join(map(encode_frame, self._answers(frame))))

    def _answers(self, frame):
        kind = frame.WhichOneof("kind")
        if kind == "hello":
            hello = Frame()
            hello.hello.version = 1
            hello.hello.limits.max_frame_bytes = 1 << 20
            hello.hello.limits.max_streams = 100
            return [hello]
        if kind != "call":
            return []
        answers = [Frame(stream=frame.stream) for _ in self.messages]
        for answer, message in zip(answers, self.messages):
            answer.reply.payload = message.SerializeToString()
        end = Frame(stream=frame.stream)
        end.reply.status.code = 0
        return [*answers, end]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def plan(*files):
    message = Response()
    message.plan.store_id = bytes(16)
    message.plan.revision = 1
    for name, size in files:
        message.plan.files.add(name=name, bytes=size)
    return message


def piece(file, offset, data, checksum=None):
    message = Response()
    message.data.file, message.data.offset, message.data.data = file, offset, data
    message.data.checksum = crc32c(data) if checksum is None else checksum
    return message


def complete(count):
    message = Response()
    message.complete.bytes = count
    return message


ODD = {
    "a path that leads out": [plan(("../evil", 3)), piece(0, 0, b"abc"), complete(3)],
    "an absolute path": [plan(("/evil", 3)), piece(0, 0, b"abc"), complete(3)],
    "a hidden name": [plan((".evil", 3)), piece(0, 0, b"abc"), complete(3)],
    "the name of the command's own notes": [plan(("BACKUP.partial", 3)), piece(0, 0, b"abc"), complete(3)],
    "a name twice": [plan(("MANIFEST", 3), ("MANIFEST", 3)), piece(0, 0, b"abc"), piece(1, 0, b"abc"), complete(6)],
    "a size beyond all disks": [plan(("MANIFEST", 1 << 63)), piece(0, 0, b"abc"), complete(3)],
    "bytes before the plan": [piece(0, 0, b"abc")],
    "a piece that came damaged": [plan(("MANIFEST", 3)), piece(0, 0, b"abc", checksum=1), complete(3)],
    "a piece left out": [plan(("MANIFEST", 3)), piece(0, 1, b"bc"), complete(3)],
    "a piece of another file": [plan(("MANIFEST", 3), ("WATERMARK", 3)), piece(1, 0, b"abc"), complete(6)],
    "a piece that is too long": [plan(("MANIFEST", 3)), piece(0, 0, b"abcd"), complete(3)],
    "a piece of nothing": [plan(("MANIFEST", 3)), piece(0, 0, b""), complete(3)],
    "a piece behind the last file": [plan(("MANIFEST", 3)), piece(0, 0, b"abc"), piece(1, 0, b"d"), complete(4)],
    "an end before its time": [plan(("MANIFEST", 3)), piece(0, 0, b"ab"), complete(3)],
    "no end": [plan(("MANIFEST", 3)), piece(0, 0, b"abc")],
    "nothing": [],
    "a plan alone": [plan(("MANIFEST", 3))],
    "a message of no kind": [plan(("MANIFEST", 3)), Response()],
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["backup", "backup.tar", "-"])
def test_what_is_no_backup_is_refused(tmp_path, name, odd):
    room = tmp_path / "room"
    room.mkdir()
    with FakeServer(*ODD[odd]) as server:
        place = name if name == "-" else str(room / name)
        done = gatehouse(server, "log", "backup", "--to", place, code=1)
    assert "no backup" in done.stderr and "Fatal error" not in done.stderr
    assert os.listdir(tmp_path) == ["room"] and not os.path.exists("/evil")
    finished = [path.name for path in room.rglob("*") if path.is_file() and not path.name.endswith(".partial")]
    assert [each for each in finished if each != "MANIFEST"] == []
    if (room / "backup").is_dir():
        assert not any((room / "backup").iterdir()) or (room / "backup" / "BACKUP.partial").exists()


def test_what_is_whole_and_no_data_directory_is_told(tmp_path):
    with FakeServer(plan(("MANIFEST", 3)), piece(0, 0, b"abc"), complete(3)) as server:
        for name in ("backup", "backup.tar"):
            done = gatehouse(server, "log", "backup", "--to", str(tmp_path / name), code=4)
            assert "must not be used" in done.stderr
