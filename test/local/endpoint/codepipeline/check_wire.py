"""Holds the emulated CodePipeline against the model of its API that botocore carries; what is wrong is printed, one thing a line.

stdin: {"shapes": {OPERATION: shape}, "exchanges": [{"action", "input", "output"?, "error"?}, ...]}
"""

import json
import re
import sys

import botocore.session

MODEL = botocore.session.get_session().get_service_model("codepipeline")
COMMON = {"AccessDeniedException", "NotEmulatedException", "SerializationException", "UnknownOperationException", "ValidationException"}
SIZES = ("min", "max")


def bounds(shape):
    return {key: shape.metadata[key] for key in SIZES if key in shape.metadata}


def compare(ours, theirs, path):
    """The constraints that the emulator checks are those of the model, all of them and no others."""
    if ours["type"] != theirs.type_name:
        yield f"{path}: is {ours['type']} here, {theirs.type_name} in the model"
        return
    if ours["type"] != "structure" and bounds(theirs) != {key: ours[key] for key in SIZES if key in ours}:
        yield f"{path}: the model has {bounds(theirs)}"
    if theirs.type_name == "string":
        if theirs.metadata.get("pattern") != ours.get("pattern"):
            yield f"{path}: the model has the pattern {theirs.metadata.get('pattern')}"
        if list(theirs.metadata.get("enum", [])) != ours.get("enum", []):
            yield f"{path}: the model has the values {theirs.metadata.get('enum')}"
    elif theirs.type_name == "list":
        yield from compare(ours["member"], theirs.member, path + "[]")
    elif theirs.type_name == "map":
        yield from compare(ours["key"], theirs.key, path + "<key>")
        yield from compare(ours["value"], theirs.value, path + "<value>")
    elif theirs.type_name == "structure":
        if sorted(ours["required"]) != sorted(theirs.required_members):
            yield f"{path}: the model requires {sorted(theirs.required_members)}"
        for name in sorted(set(ours["members"]) ^ set(theirs.members)):
            yield f"{path}.{name}: is only {'here' if name in ours['members'] else 'in the model'}"
        for name in sorted(set(ours["members"]) & set(theirs.members)):
            yield from compare(ours["members"][name], theirs.members[name], f"{path}.{name}")


def judge(value, shape, path):
    """A value on the wire has the shape of the model: no unknown member, right types, lengths, patterns and values."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no structure"
            return
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: is missing"
        for name, member in value.items():
            if name in shape.members:
                yield from judge(member, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: is not in the model"
    elif kind == "list":
        yield from size(len(value), shape, path)
        for index, member in enumerate(value):
            yield from judge(member, shape.member, f"{path}[{index}]")
    elif kind == "map":
        yield from size(len(value), shape, path)
        for key, member in value.items():
            yield from judge(key, shape.key, f"{path}<key>")
            yield from judge(member, shape.value, f"{path}.{key}")
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{path}: {value!r} is no string"
            return
        yield from size(len(value), shape, path)
        pattern, values = shape.metadata.get("pattern"), shape.metadata.get("enum")
        if pattern and not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
        if values and value not in values:
            yield f"{path}: {value!r} is none of {values}"
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{path}: {value!r} is no integer"
        else:
            yield from size(value, shape, path)
    elif kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1_000_000_000 < value < 10_000_000_000:
            yield f"{path}: {value!r} is no time in seconds since 1970"
    elif kind == "boolean" and not isinstance(value, bool):
        yield f"{path}: {value!r} is no boolean"


def size(count, shape, path):
    limits = bounds(shape)
    if not limits.get("min", count) <= count <= limits.get("max", count):
        yield f"{path}: {count} is not within {limits}"


def main():
    given = json.load(sys.stdin)
    seen = set()
    for action, shape in given["shapes"].items():
        for problem in compare(shape, MODEL.operation_model(action).input_shape, action):
            print(f"constraint {problem}")
    for number, exchange in enumerate(given["exchanges"]):
        action = exchange["action"]
        operation = MODEL.operation_model(action)
        if "error" in exchange:
            known = {shape.name for shape in operation.error_shapes} | COMMON
            if exchange["error"] not in known:
                print(f"{number} {action}: {exchange['error']} is none of its exceptions")
            continue
        seen.add(action)
        for problem in judge(exchange["input"], operation.input_shape, "input"):
            print(f"{number} {action}: {problem}")
        if operation.output_shape is None:
            if exchange["output"] != {}:
                print(f"{number} {action}: an answer has a body, none is in the model")
        else:
            for problem in judge(exchange["output"], operation.output_shape, "output"):
                print(f"{number} {action}: {problem}")
    for action in sorted(set(given["shapes"]) - seen):
        print(f"{action}: no exchange shows it")


main()
