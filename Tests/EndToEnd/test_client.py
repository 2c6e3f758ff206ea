"""The client by itself, without a server: what it makes of bytes."""

import struct

from gatehouse_client import (
    CODES,
    SCHEMA,
    Frame,
    FrameReader,
    Reason,
    Refusal,
    State,
    encode_frame,
    request,
)
from harness import Wallet, reshape


def test_frames_arrive_in_any_pieces():
    frames = [Frame(stream=number) for number in range(1, 20)]
    for number, frame in enumerate(frames):
        frame.call.payload = bytes(number * 37)
    data = b"".join(map(encode_frame, frames))
    for piece in (1, 2, 3, 5, 64, len(data)):
        reader, seen = FrameReader(), []
        for start in range(0, len(data), piece):
            reader.add(data[start : start + piece])
            while (frame := reader.next()) is not None:
                seen.append(frame)
        assert seen == frames


def test_a_frame_begins_with_its_length_and_so_with_zero():
    frame = Frame(stream=7)
    frame.ping.nonce = 1
    data = encode_frame(frame)
    assert data[0] == 0 and struct.unpack(">I", data[:4])[0] == len(data) - 4


def test_a_refusal_shows_its_details():
    status = Frame().reply.status
    status.code = 3
    status.message = "the wallet is wrong"
    info = SCHEMA.message("google.rpc.ErrorInfo")(reason="WALLET_INVALID", domain="gatehouse", metadata={"a": "b"})
    retry = SCHEMA.message("google.rpc.RetryInfo")()
    retry.retry_delay.seconds, retry.retry_delay.nanos = 1, 500_000_000
    bad = SCHEMA.message("google.rpc.BadRequest")()
    bad.field_violations.add(field="wallet", description="not CAIP-10")
    for detail in (info, retry, bad):
        status.details.add(
            type_url=f"type.googleapis.com/{detail.DESCRIPTOR.full_name}", value=detail.SerializeToString()
        )
    refusal = Refusal(status)
    assert (refusal.code, refusal.reason, refusal.metadata) == ("INVALID_ARGUMENT", "WALLET_INVALID", {"a": "b"})
    assert refusal.retry_seconds == 1.5 and refusal.fields == [("wallet", "not CAIP-10")]


def test_enums_lose_their_prefix():
    assert State.ACTIVE == 4 and State.name(6) == "REJECTED" and Reason.CUSTOMER_NOT_FOUND == 13
    assert len(CODES) == 17


def test_every_method_has_a_request():
    paths = [f"{name}/{method.name}" for name, service in SCHEMA.services.items() for method in service.methods]
    assert len(paths) == 11 + 7 + 3 + 3 + 3
    for path in paths:
        assert request(path).SerializeToString() == b""


def test_the_three_forms_of_a_signature():
    wallet = Wallet(b"\x01" * 32)
    signature = wallet.sign(b"message")
    assert len(signature) == 65 and signature[64] in (27, 28)
    assert reshape(signature, "v0")[64] == signature[64] - 27
    compact = reshape(signature, "compact")
    assert len(compact) == 64 and compact[32] >> 7 == signature[64] - 27
