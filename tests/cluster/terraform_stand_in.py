#!/usr/bin/python3 -IS
"""Stands in for the command terraform: knows the calls that gridmill makes, and refuses all others.

Works in the folder in which it is called, as terraform does. "What it makes" is a file there that lists it, `state.json` what is
known of the head since something was applied. The file `address` beside this program holds the head's; while there is a file
`stopped` the head is; `fails` holds what the next apply says, and fails with.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(sys.argv[0]).parent
RESOURCES = ["aws_autoscaling_schedule.ttl", "aws_instance.head", "aws_s3_bucket.data[0]"]


def look():
    """Takes down how the head is."""
    is_stopped = (HERE / "stopped").exists()
    address = "" if is_stopped else (HERE / "address").read_text().strip()
    pathlib.Path("state.json").write_text(json.dumps({"head_state": "stopped" if is_stopped else "running", "head_address": address}))


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
        # The provider takes a head without a public address for one that must not have one.
        is_ignored = re.search(r"ignore_changes = \[[^]]*\bassociate_public_ip_address\b", pathlib.Path("resources.tf").read_text())
        if made.exists() and not is_removal and (HERE / "stopped").exists() and not is_ignored:
            print("  # aws_instance.head must be replaced\nPlan: 1 to add, 0 to change, 1 to destroy.")
        elif made.exists() == is_removal:
            print(f"Plan: {0 if is_removal else 3} to add, 0 to change, {3 if is_removal else 0} to destroy.")
        else:
            print("No changes.")
    elif words[:2] == ["apply", "-refresh-only"]:
        look()
    elif words[0] == "apply":
        fails = HERE / "fails"
        if fails.exists():
            print(fails.read_text(), file=sys.stderr)
            fails.unlink()
            return 1
        if pathlib.Path("plan.tfplan").read_text() == "make":
            made.write_text("".join(name + "\n" for name in RESOURCES))
            look()
            print("aws_instance.head: Creation complete after 12s [id=i-1]")
        else:
            made.unlink()
            print("aws_instance.head: Destruction complete after 31s")
    elif words[0] == "output":
        variables = json.loads(pathlib.Path("terraform.tfvars.json").read_text())
        values = {"head_id": "i-1", "bucket": variables["bucket"], "group": "g"} | json.loads(pathlib.Path("state.json").read_text())
        print(json.dumps({name: {"value": value} for name, value in values.items()}))
    else:
        print(f"not known here: {words}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
