#!/usr/bin/python3
"""Stands in for the AWS provider where terraform validates and tests: serves the schema in aws_schema.json over
terraform's plugin protocol, and can create nothing.

usage: stand_in_provider.py SOCKET    serves there until its standard input ends; says "ready" once it does. Terraform finds it by
                                      TF_REATTACH_PROVIDERS; see check.py
"""
import json
import sys
from concurrent import futures
from pathlib import Path

import grpc

# The few messages of the protocol (tfplugin6.proto) are put together here: a field is its number, its kind and its value.
NESTING = {"single": 1, "list": 2, "set": 3}


def number(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def field(index, value):
    """Encodes a field of a message: text, bytes and messages with their length; numbers and truths as they are."""
    if isinstance(value, (bool, int)):
        return number(index << 3) + number(int(value)) if value else b""
    data = value.encode() if isinstance(value, str) else value
    return number(index << 3 | 2) + number(len(data)) + data


def attribute(name, told):
    how = {"required": (4,), "optional": (5,), "computed": (6,), "either": (5, 6)}[told["is"]]
    return field(1, name) + field(2, json.dumps(told["type"])) + b"".join(field(index, True) for index in how)


def nested(name, told):
    return (field(1, name) + field(2, block(told["block"])) + field(3, NESTING[told["nesting"]]) +
            field(4, told["least"]) + field(5, told["most"]))


def block(told):
    return (b"".join(field(2, attribute(*item)) for item in told["attributes"].items()) +
            b"".join(field(3, nested(*item)) for item in told["blocks"].items()))


def schema(told):
    return field(2, block(told))


def entries(index, kinds):
    return b"".join(field(index, field(1, name) + field(2, schema(told))) for name, told in kinds.items())


def main():
    told = json.loads(Path(__file__).with_name("aws_schema.json").read_text())
    everything = field(1, schema(told["provider"])) + entries(2, told["resource"]) + entries(3, told["data"])
    refusal = field(1, field(1, 1) + field(2, "this stands in for the AWS provider: it validates, and serves terraform test"))
    answers = {
        "/tfplugin6.Provider/GetProviderSchema": everything,
        "/tfplugin6.Provider/ValidateProviderConfig": b"",
        "/tfplugin6.Provider/ValidateResourceConfig": b"",
        "/tfplugin6.Provider/ValidateDataResourceConfig": b"",
        "/tfplugin6.Provider/ConfigureProvider": refusal,
        "/tfplugin6.Provider/StopProvider": b"",
        "/plugin.GRPCController/Shutdown": b"",  # each terraform says so at its end; the next one comes
    }

    class Calls(grpc.GenericRpcHandler):
        def service(self, details):
            answer = answers.get(details.method)
            return None if answer is None else grpc.unary_unary_rpc_method_handler(lambda _request, _context: answer)

    server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((Calls(),))
    server.add_insecure_port(f"unix:{sys.argv[1]}")
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
    server.stop(0).wait()


if __name__ == "__main__":
    main()
