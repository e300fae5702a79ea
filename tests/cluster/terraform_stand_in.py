#!/usr/bin/python3 -IS
"""Stands in for the command terraform: knows the calls that gridmill makes, and refuses all others.

Works in the folder in which it is called, as terraform does. "What it makes" is a file there that lists it. The file `address`
beside this program holds the head's; `fails` there holds what the next apply says, and fails with.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(sys.argv[0]).parent
RESOURCES = ["aws_autoscaling_schedule.ttl", "aws_instance.head", "aws_s3_bucket.data[0]"]


def main(words):
    made = pathlib.Path("made")
    (HERE / "calls").open("a").write(" ".join(words) + "\n")
    if words[:2] in (["init", "-no-color"], ["workspace", "select"]):
        return 0
    if words[:2] == ["state", "list"]:
        print(made.read_text() if made.exists() else "", end="")
    elif words[0] == "plan":
        variables = json.loads(pathlib.Path("terraform.tfvars.json").read_text())
        assert pathlib.Path(variables["package"]).exists() and pathlib.Path("vars.tf").exists(), variables
        is_removal = "-destroy" in words
        pathlib.Path("plan.tfplan").write_text("destroy" if is_removal else "make")
        if made.exists() == is_removal:
            print(f"Plan: {0 if is_removal else 3} to add, 0 to change, {3 if is_removal else 0} to destroy.")
        else:
            print("No changes.")
    elif words[0] == "apply":
        fails = HERE / "fails"
        if fails.exists():
            print(fails.read_text(), file=sys.stderr)
            fails.unlink()
            return 1
        if pathlib.Path("plan.tfplan").read_text() == "make":
            made.write_text("".join(name + "\n" for name in RESOURCES))
            print("aws_instance.head: Creation complete after 12s [id=i-1]")
        else:
            made.unlink()
            print("aws_instance.head: Destruction complete after 31s")
    elif words[0] == "output":
        variables = json.loads(pathlib.Path("terraform.tfvars.json").read_text())
        values = {"head_address": (HERE / "address").read_text().strip(), "head_id": "i-1", "head_state": "running",
                  "bucket": variables["bucket"], "group": "g"}
        print(json.dumps({name: {"value": value} for name, value in values.items()}))
    else:
        print(f"not known here: {words}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
