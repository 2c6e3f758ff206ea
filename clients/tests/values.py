"""Messages from the values of a scenario, and back to be compared: with google.protobuf, which shares no code with the
clients."""

import secrets

from google.protobuf.descriptor import FieldDescriptor

from gatehouse_client import SCHEMA
from harness import Wallet


class Names:
    """What a scenario's texts that begin with `$` stand for. Names that end with a digit are made when first used:
    `$wallet1`, `$address1`, `$unique1`; `$signature1:challenge` is the first wallet's signature of what was kept as
    `challenge`. All others were kept from an answer."""

    def __init__(self):
        self.kept, self.wallets = {}, {}

    def wallet(self, number):
        return self.wallets.setdefault(number, Wallet())

    def resolve(self, value):
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        name, _, what = value[1:].partition(":")
        if name in self.kept:
            return self.kept[name]
        number = name.lstrip("abcdefghijklmnopqrstuvwxyz_")
        kind = name.removesuffix(number)
        if kind == "wallet":
            return self.wallet(number).on(int(what or 1))
        if kind == "signature":
            return self.wallet(number).sign(self.kept[what])
        if kind == "bytes":
            return bytes.fromhex(what)
        if kind == "text":
            return int(number) * (what or "x")
        assert kind in ("unique", "key"), f"nothing is called {value}"
        self.kept[name] = f"{kind}-{secrets.token_hex(8)}"
        return self.kept[name]


def fill(message, values, names):
    """Sets the fields that `values` names."""
    for name, value in values.items():
        field = message.DESCRIPTOR.fields_by_name[name]
        value = names.resolve(value)
        if isinstance(value, dict) and field.message_type.GetOptions().map_entry:
            getattr(message, name).update({key: names.resolve(each) for key, each in value.items()})
        elif isinstance(value, dict):
            getattr(message, name).SetInParent()
            fill(getattr(message, name), value, names)
        elif isinstance(value, list):
            getattr(message, name).extend(_of(field, names.resolve(each)) for each in value)
        else:
            setattr(message, name, _of(field, value))
    return message


def _of(field, value):
    """The number of an enum's value that is named without its prefix."""
    if field.type != FieldDescriptor.TYPE_ENUM or isinstance(value, int):
        return value
    numbers = {each.name: each.number for each in field.enum_type.values}
    # The health service's values have no prefix, the others' have the name of their type.
    return numbers[value] if value in numbers else SCHEMA.enum(field.enum_type.full_name).numbers[value]


def kept(message, path):
    """What a path of fields leads to: "customer.holds.0.kind"."""
    for part in path.split("."):
        message = message[int(part)] if part.isdigit() else getattr(message, part)
    return message


def differences(message, expected, names, path=""):
    """Where a message is not what is expected: lines for a person."""
    found = []
    for name, value in expected.items():
        place = f"{path}.{name}".lstrip(".")
        field = message.DESCRIPTOR.fields_by_name[name]
        held, value = getattr(message, name), names.resolve(value)
        if isinstance(value, dict) and not field.message_type.GetOptions().map_entry:
            found += differences(held, value, names, place)
        elif isinstance(value, list) and field.message_type is not None:
            if len(held) != len(value):
                found.append(f"{place} has {len(held)} elements, not {len(value)}")
            for index, (each, wanted) in enumerate(zip(held, value)):
                found += differences(each, wanted, names, f"{place}.{index}")
        elif isinstance(value, list):
            wanted = [_of(field, names.resolve(each)) for each in value]
            if list(held) != wanted:
                found.append(f"{place} is {list(held)}, not {wanted}")
        elif isinstance(value, dict):
            if dict(held) != {key: names.resolve(each) for key, each in value.items()}:
                found.append(f"{place} is {dict(held)}, not {value}")
        elif held != _of(field, value):
            found.append(f"{place} is {held!r}, not {value!r}")
    return found


def classes(method):
    """The classes of a method's request and response, by its path."""
    descriptor = SCHEMA.method(method)
    return SCHEMA.message(descriptor.input_type.full_name), SCHEMA.message(descriptor.output_type.full_name)
