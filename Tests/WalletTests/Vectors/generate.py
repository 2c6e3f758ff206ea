#!/usr/bin/env python3
"""Makes the vectors beside this file with other people's implementations. The same seed gives the same vectors.

    python3 -m venv .venv && .venv/bin/pip install eth-account coincurve pycryptodome siwe 'abnf<2.3'
    .venv/bin/python Tests/WalletTests/Vectors/generate.py

keccak.txt      one line a length from 0 to 300: input, Keccak-256 (pycryptodome); hexadecimal
recoveries.txt  one line a signature: base64 of digest (32 bytes), signature (65, v 27 or 28), address (20) (coincurve, which is libsecp256k1)
edges.txt       the same in hexadecimal for chosen values; "-" in place of the address where no key is recovered
personal.txt    one line a text: text, private key, signature by personal_sign, address (eth-account); hexadecimal
addresses.txt   addresses with EIP-55's checksum (eth-utils)
arithmetic.txt  a, b, then modulo p: a * b, 1 / a, root of a or "-"; then modulo n: a * b, 1 / a (Python integers); hexadecimal
messages.jsonl  sign-in messages with their fields (siwe), times in Unix microseconds
mutants.jsonl   the same with one edit each, and whether EIP-4361's grammar (siwe's, with abnf) and EIP-55 accept them
"""
import base64
import datetime
import json
import pathlib
import random
import re
import string

import coincurve
import eth_account
import eth_utils
import siwe
from Crypto.Hash import keccak
from eth_account.messages import encode_defunct
from siwe.parsed import ABNFParsedMessage

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
LAMBDA = 0x5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72
FOLDER = pathlib.Path(__file__).parent
rng = random.Random(4361)


def write(name, lines):
    (FOLDER / name).write_text("".join(line + "\n" for line in lines))


def keccak256(data):
    return keccak.new(digest_bits=256, data=data).digest()


def octets(number):
    return number.to_bytes(32, "big")


def address_of(public_key):
    return keccak256(public_key.format(compressed=False)[1:])[12:]


def recovered(digest, r, s, parity):
    """The address, or None where libsecp256k1 recovers no key."""
    try:
        key = coincurve.PublicKey.from_signature_and_message(octets(r) + octets(s) + bytes([parity]), digest, hasher=None)
        return address_of(key)
    except Exception:
        return None


def keccak_lines():
    for length in range(301):
        data = rng.randbytes(length)
        yield f"{data.hex()} {keccak256(data).hex()}"


def recovery_lines():
    count = 0
    while count < 2100:
        key, digest = coincurve.PrivateKey(octets(rng.randrange(1, N))), rng.randbytes(32)
        signature = key.sign_recoverable(digest, hasher=None)
        if signature[64] > 1:
            continue
        count += 1
        record = digest + signature[:64] + bytes([27 + signature[64]]) + address_of(key.public_key)
        yield base64.b64encode(record).decode()


def edge_lines():
    half = N // 2
    digests = [0, 1, 2, N - 1, N, N + 1, 2**256 - 1, 2**255, P, LAMBDA, N - LAMBDA]
    values = [1, 2, 3, 7, half - 1, half, 2**128 - 1, 2**128, 2**128 + 1, 2**255 - 1 if 2**255 - 1 <= half else half - 2]
    rs = list(range(1, 24)) + [P - N - 1, P - N, P - N + 1, P - N + 5, N - 1, N - 2, N - 3, N - 4, 2**128, 2**255]
    cases = []
    for r in rs:
        for parity in (0, 1):
            cases.append((rng.choice(digests), r, rng.choice(values), parity))
    # R a known multiple of G: sums that double, cancel or meet within the multiplication.
    multiples = list(range(1, 33)) + [N - 1, N - 2, N - 3, LAMBDA, N - LAMBDA, LAMBDA * 2 % N, 2**128, pow(2, -1, N), 2**127]
    for k in multiples:
        point = coincurve.PrivateKey(octets(k)).public_key.point()
        r, parity = point[0], point[1] & 1
        if r >= N:
            continue
        for s in (1, rng.choice(values), rng.randrange(1, half)):
            for e in (0, s * k % N, -s * k % N, 2 * s * k % N, s * k * LAMBDA % N, -s * k * LAMBDA % N, rng.choice(digests)):
                cases.append((e, r, s, parity))
    for e, r, s, parity in cases:
        address = recovered(octets(e), r, s, parity)
        answer = address.hex() if address else "-"
        yield f"{octets(e).hex()} {octets(r).hex()}{octets(s).hex()}{27 + parity:02x} {answer}"


def personal_lines():
    texts = [b"", b"a", b"Hello World", "Grüße, 世界".encode(), b"\n", b"x" * 135, b"x" * 999, b"x" * 1000]
    for text in texts + [rng.randbytes(rng.randrange(400)) for _ in range(92)]:
        key = octets(rng.randrange(1, N))
        signed = eth_account.Account.sign_message(encode_defunct(text), key)
        yield f"{text.hex() or '-'} {key.hex()} {signed.signature.hex()} {eth_account.Account.from_key(key).address[2:].lower()}"


def address_lines():
    for _ in range(300):
        yield eth_utils.to_checksum_address(rng.randbytes(20))


def arithmetic_lines():
    edges = [0, 1, 2, 3, N - 1, N - 2, N // 2, N // 2 + 1, 2**52 - 1, 2**52, 2**104 - 1, 2**128 - 1, 2**128, 2**208, LAMBDA, P - N]
    pairs = [(a, b) for a in edges for b in rng.sample(edges, 5)]
    pairs += [(rng.randrange(N), rng.randrange(N)) for _ in range(150)]
    pairs += [(rng.getrandbits(rng.randrange(1, 256)), N - 1 - rng.getrandbits(rng.randrange(1, 255))) for _ in range(50)]
    for a, b in pairs:
        inverses = [pow(a, -1, modulus) if a else 0 for modulus in (P, N)]
        root = pow(a, (P + 1) // 4, P)
        is_square = root * root % P == a
        yield " ".join([octets(a).hex(), octets(b).hex(), octets(a * b % P).hex(), octets(inverses[0]).hex(),
                        octets(min(root, P - root)).hex() if is_square else "-",
                        octets(a * b % N).hex(), octets(inverses[1]).hex()])


def text_of(alphabet, low, high):
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(low, high)))


def moment():
    """Text and Unix microseconds of a time from year 1 on, in one of the forms that the server writes."""
    micro = rng.choice([0, 0, 0, rng.randrange(1, 10**6)])
    seconds = rng.choice([rng.randrange(-62135596800, 253402300800), rng.randrange(1500000000, 2000000000)])
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds, microseconds=micro)
    text = f"{when.year:04}-" + when.strftime("%m-%dT%H:%M:%S") + (f".{micro:06}" if micro else "") + "Z"
    return text, seconds * 10**6 + micro


def message():
    name = string.ascii_lowercase + string.digits
    host = rng.choice(["app.example", "localhost", "127.0.0.1", "[2001:db8::1]", text_of(name, 1, 20) + ".example"])
    fields = {"domain": rng.choice(["", "", "", "user@", "a:b@"]) + host + rng.choice(["", "", ":8443", ":"])}
    fields["scheme"] = rng.choice([None, None, "https", "ipfs+x"])
    fields["address"] = eth_utils.to_checksum_address(rng.randbytes(20))
    statement_alphabet = string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=" + "     "
    fields["statement"] = rng.choice([None, text_of(statement_alphabet, 1, 120), "URI: x", "I accept: all of it"])
    fields["uri"] = rng.choice(["https://app.example", "https://app.example/a%20b/c?d=e&f=/?#g", "http://[::1]:80/", "did:key:z6Mk",
                                "https://h" + text_of(string.ascii_lowercase, 1, 20) + "/" + text_of(name + "/", 0, 20)])
    fields["version"] = "1"
    fields["chain_id"] = rng.choice([1, 10, 137, 300, 324, 42161, 421614, 2**53, 2**63, 2**64 - 1])
    fields["nonce"] = text_of(string.ascii_letters + string.digits, 8, 40)
    times = {}
    for key in ("issued_at", "expiration_time", "not_before"):
        if key == "issued_at" or rng.random() < 0.5:
            fields[key], times[key] = moment()
    if rng.random() < 0.6:
        fields["request_id"] = rng.choice(["0190f5d0-7c2b-7cc3-9b1f-3a2b1c0d4e5f", text_of(name + "-._~!$&'()*+,;=:@", 1, 40), "a%2Fb"])
    if rng.random() < 0.3:
        fields["resources"] = ["ipfs://bafy/" + text_of(name, 0, 9), "https://app.example/r#1"][: rng.randrange(1, 3)]
    text = siwe.SiweMessage(**fields).prepare_message()
    siwe.SiweMessage.from_message(text)
    return text, {**{k: v for k, v in fields.items() if v is not None}, **times}


def is_accepted(text):
    try:
        parsed = ABNFParsedMessage(text)
    except (ValueError, UnicodeError):
        return False
    return eth_utils.is_checksum_address(parsed.address) and len(parsed.domain) > 0 and int(parsed.chain_id) < 2**64


def times_are_ordinary(text):
    """RFC 3339's grammar knows no calendar: mutants whose times are none are left out."""
    for stamp in re.findall(r"(?:Issued At|Expiration Time|Not Before): ([^\n]*)", text):
        match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", stamp)
        if match is None:
            continue
        year, month, day, hour, minute, second, *offset = [int(part or 0) for part in match.groups()]
        try:
            datetime.datetime(year or 4, month, day, hour, minute, second)
            datetime.time(*offset)
        except ValueError:
            return False
    return True


def mutant(text):
    position = rng.randrange(len(text))
    kind = rng.randrange(6)
    odd = "\n\r\t %\"<>\\^`{|}é0aZ:/@[]#?-."
    if kind == 0:
        return text[:position] + text[position + 1:]
    if kind == 1:
        return text[:position] + rng.choice(odd) + text[position:]
    if kind == 2:
        return text[:position] + rng.choice(odd) + text[position + 1:]
    lines = text.split("\n")
    line = rng.randrange(len(lines))
    if kind == 3:
        return "\n".join(lines[:line] + lines[line + 1:])
    if kind == 4:
        return "\n".join(lines[:line] + [lines[line]] + lines[line:])
    other = rng.randrange(len(lines))
    lines[line], lines[other] = lines[other], lines[line]
    return "\n".join(lines)


def main():
    write("keccak.txt", keccak_lines())
    write("recoveries.txt", recovery_lines())
    write("edges.txt", edge_lines())
    write("personal.txt", personal_lines())
    write("addresses.txt", address_lines())
    write("arithmetic.txt", arithmetic_lines())
    messages = [message() for _ in range(240)]
    write("messages.jsonl", (json.dumps({"text": text, **fields}, sort_keys=True) for text, fields in messages))
    mutants = []
    while len(mutants) < 900:
        text = mutant(rng.choice(messages)[0])
        if times_are_ordinary(text):
            mutants.append({"text": text, "accepted": is_accepted(text)})
    write("mutants.jsonl", (json.dumps(line, sort_keys=True) for line in mutants))


main()
