"""The generated part of the clients: what is committed is what the proto files ask for, and a change of theirs needs one
command."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT
from languages import Language, chosen

PROTOGEN = pathlib.Path(os.environ.get("PROTOGEN_BINARY", ROOT / ".build/release/protogen")).resolve()


def protogen(*arguments, folder=ROOT):
    return subprocess.run([PROTOGEN, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_vectors_are_what_google_protobuf_says():
    command = [sys.executable, str(ROOT / "clients/vectors/make.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_committed_is_up_to_date():
    done = protogen("--proto", "proto", "--clients", "clients", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_field_and_method_need_one_command(tmp_path):
    shutil.copytree(ROOT / "clients", tmp_path / "clients", ignore=shutil.ignore_patterns("__pycache__", ".*_cache", "target"))
    add_to_proto(tmp_path)
    assert protogen("--proto", "proto", "--clients", "clients", "--check", folder=tmp_path).returncode == 1
    assert protogen("--proto", "proto", "--clients", "clients", folder=tmp_path).returncode == 0
    assert protogen("--proto", "proto", "--clients", "clients", "--check", folder=tmp_path).returncode == 0
    tried = []
    for language in chosen():
        if language.missing or language.name not in USES:
            continue
        add_a_use(language, tmp_path / "clients" / language.name)
        for command in language.checks:
            done = subprocess.run(
                command,
                cwd=tmp_path / "clients" / language.name,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, f"{language}: {done.stdout}{done.stderr}"
        tried.append(language.name)
    if not tried:
        pytest.skip("no language is installed")


@pytest.mark.timeout(900)
def test_a_new_field_and_method_need_one_command_in_swift(tmp_path):
    """The Swift client is part of the package, and is compiled as such."""
    if "swift" not in map(str, chosen()) or shutil.which("swift") is None:
        pytest.skip("swift: not installed, or not asked for")
    shutil.copy(ROOT / "Package.swift", tmp_path)
    for folder in ("Sources", "Tests", "clients/swift"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    add_to_proto(tmp_path)
    target = ("--swift", "Sources/GatehouseAPI/Generated", "--swift-client", "Sources/Client/Generated")
    assert protogen("--proto", "proto", *target, "--check", folder=tmp_path).returncode == 1
    assert protogen("--proto", "proto", *target, folder=tmp_path).returncode == 0
    (tmp_path / "Sources/Client/Use.swift").write_text(
        "internal import GatehouseAPI\ninternal import ProtobufWire\n\n"
        "func use(_ client: GatehouseClient) async throws -> Int64 {\n"
        '  try await client.customer.echo(.with { $0.said = "x" }).by?.nick ?? 0\n}\n'
    )
    command = ["swift", "build", "--package-path", tmp_path, "--target", "Client"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def add_to_proto(folder):
    """A copy of the proto files, with a new method and a new field."""
    shutil.copytree(ROOT / "proto", folder / "proto")
    service = folder / "proto/gatehouse/v1/customer_service.proto"
    text = service.read_text()
    text = text.replace(
        "service CustomerService {",
        "service CustomerService {\n  // Says it louder.\n  rpc Echo(EchoRequest) returns (EchoResponse);",
        1,
    )
    service.write_text(text + "\nmessage EchoRequest { string said = 1; }\nmessage EchoResponse { Customer by = 1; }\n")
    customer = folder / "proto/gatehouse/v1/customer.proto"
    customer.write_text(customer.read_text().replace("message Customer {", "message Customer {\n  int64 nick = 99;", 1))


USES = {
    "python": (
        "gatehouse/use.py",
        "from . import Client\n\n\nasync def use(client: Client) -> int:\n"
        '    answer = await client.customer.echo(said="x")\n    return answer.by.nick if answer.by is not None else 0\n',
    ),
    "typescript": (
        "examples/use.ts",
        'import { Client } from "../index.js";\n\nexport async function use(client: Client): Promise<bigint> {\n'
        '  const { by } = await client.customer.echo({ said: "x" });\n  return by?.nick ?? 0n;\n}\n',
    ),
    "java": (
        "examples/Use.java",
        "final class Use {\n  long use(gatehouse.Client client) {\n"
        '    return client.customer.echo(new gatehouse.GatehouseV1.EchoRequest().said("x")).by.nick;\n  }\n}\n',
    ),
    "go": (
        "use.go",
        'package gatehouse\n\nimport (\n\t"context"\n\n\t"gatehouse/proto/gatehousev1"\n)\n\n'
        "func use(c *Client) int64 {\n"
        '\tanswer, err := c.Customer.Echo(context.Background(), &gatehousev1.EchoRequest{Said: "x"})\n'
        "\tif err != nil {\n\t\treturn 0\n\t}\n\treturn answer.By.Nick\n}\n\nvar _ = use\n",
    ),
    "rust": (
        "examples/echo.rs",
        "use gatehouse::v1::EchoRequest;\n\nfn main() -> gatehouse::Result<()> {\n"
        '    let client = gatehouse::Client::new(["127.0.0.1:7420"]);\n'
        '    let answer = client.customer().echo(EchoRequest { said: "x".into() })?;\n'
        '    println!("{}", answer.by.map_or(0, |by| by.nick));\n    Ok(())\n}\n',
    ),
}


def add_a_use(language: Language, folder):
    """Code that only compiles when the field and the method are there."""
    name, text = USES[language.name]
    (folder / name).write_text(text)
