#!/usr/bin/python3 -IS
"""Stands in for the command aws where scripts of nodes are tested: knows the calls that they make, and refuses all others.

The folder named by AWS_STAND_IN holds `workers` (a line each: address type launched), `parameters.json`, `objects/`;
`down` there means that AWS does not answer. Each call is a line of `calls`.
"""
import json
import os
import shutil
import sys
from pathlib import Path

FOLDER = Path(os.environ["AWS_STAND_IN"])


def option(words, name):
    return words[words.index(name) + 1]


def main(words):
    with open(FOLDER / "calls", "a", encoding="utf-8") as calls:
        calls.write(" ".join(words) + "\n")
    if (FOLDER / "down").exists():
        print("Could not connect to the endpoint URL", file=sys.stderr)
        return 255
    if not os.environ.get("AWS_DEFAULT_REGION"):
        print("You must specify a region", file=sys.stderr)
        return 253
    parameters = json.loads((FOLDER / "parameters.json").read_text())
    if words[:2] == ["ec2", "describe-instances"]:
        assert "Name=tag:gridmill:role,Values=worker" in words and "Name=instance-state-name,Values=running" in words, words
        assert option(words, "--output") == "text", words
        print((FOLDER / "workers").read_text().replace(" ", "\t"), end="")
    elif words[:2] == ["autoscaling", "set-desired-capacity"]:
        if (FOLDER / "full").exists():
            print("An error occurred (ValidationError): New SetDesiredCapacity value is above max value", file=sys.stderr)
            return 254
        (FOLDER / "desired").write_text(option(words, "--desired-capacity"))
    elif words[:2] == ["ssm", "get-parameter"]:
        print(parameters[option(words, "--name")])
    elif words[:2] == ["ssm", "put-parameter"]:
        parameters[option(words, "--name")] = option(words, "--value")
        (FOLDER / "parameters.json").write_text(json.dumps(parameters))
    elif words[:2] == ["s3", "cp"]:
        source, target = words[-2:]
        shutil.copy(FOLDER / "objects" / source.removeprefix("s3://"), target)
    else:
        print(f"aws: not known here: {words}", file=sys.stderr)
        return 252
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
