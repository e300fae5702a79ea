#!/usr/bin/python3
"""Checks terraform/ without an account and without the AWS provider: format, validate, test (against the provider's schema,
which stand_in_provider.py serves), then what the tests made: policies, rules, user data, and that nothing looks like a secret.

Not checked: what the provider or AWS itself would refuse. 'terraform plan' with an account does.

usage: check.py [--project FOLDER]    exit code 77 where terraform or python3-grpcio is missing
"""
import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77
ARN = "arn:aws"
BUCKET = f"{ARN}:s3:::acme-gridmill"
ACCOUNT = "eu-central-1:123456789012"
PARAMETER = f"{ARN}:ssm:{ACCOUNT}:parameter/gridmill/dev"
# Every action and where it is allowed. A policy that has more, or less, fails.
HEAD_POLICY = {
    ("s3:ListBucket", BUCKET), *{("s3:GetObject", f"{BUCKET}/{prefix}/*") for prefix in ("staging", "features", "models", "results", "packages")},
    *{(action, f"{BUCKET}/{prefix}/*") for action in ("s3:PutObject", "s3:AbortMultipartUpload") for prefix in ("features", "models", "results")},
    ("ec2:DescribeInstances", "*"),
    ("autoscaling:SetDesiredCapacity", f"{ARN}:autoscaling:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/gridmill-dev-workers"),
    ("ssm:GetParameter", f"{PARAMETER}/settings"), ("ssm:PutParameter", f"{PARAMETER}/head-ssh-public-key"),
}
WORKER_POLICY = {
    ("s3:ListBucket", BUCKET), *{("s3:GetObject", f"{BUCKET}/{prefix}/*") for prefix in ("staging", "features", "packages")},
    *{(action, f"{BUCKET}/{prefix}/*") for action in ("s3:PutObject", "s3:AbortMultipartUpload") for prefix in ("features", "models", "results")},
    ("ssm:GetParameter", f"{PARAMETER}/head-ssh-public-key"),
}
KEY = f"{ARN}:kms:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
KEY_POLICY = {("kms:Decrypt", KEY), ("kms:GenerateDataKey", KEY)}
SECRET = re.compile(r"(AKIA|ASIA)[A-Z0-9]{16}|PRIVATE KEY|aws_secret|secret_access|SessionToken|password\s*=|(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+=])", re.I)
NEVER = ("aws_iam_access_key", "aws_iam_user", "tls_private_key", "aws_secretsmanager_secret_version")
MOST_USER_DATA = 16384  # AWS's limit [bytes]

failures = []


def expect(holds, words):
    if not holds:
        failures.append(words)
        print(f"FAILED: {words}")


class Terraform:
    """terraform, whose AWS provider is the stand-in. Raises ModuleNotFoundError where that cannot run."""

    def __init__(self, scratch):
        socket = scratch / "provider"
        self.provider = subprocess.Popen(["/usr/bin/python3", "-B", HERE / "stand_in_provider.py", socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
        if self.provider.stdout.readline() != "ready\n":
            raise ModuleNotFoundError(self.provider.communicate()[1])
        where = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": self.provider.pid, "Test": True, "Addr": {"Network": "unix", "String": str(socket)}}
        (scratch / "rc").touch()
        self.environment = dict(os.environ, TF_CLI_CONFIG_FILE=str(scratch / "rc"), TF_DATA_DIR=str(scratch / "data"), CHECKPOINT_DISABLE="1",
                                TF_IN_AUTOMATION="1", TMPDIR=str(scratch), TF_REATTACH_PROVIDERS=json.dumps({"registry.terraform.io/hashicorp/aws": where}))

    def __call__(self, folder, *words, check=True):
        result = subprocess.run(["terraform", *words], cwd=folder, env=self.environment, capture_output=True, text=True, check=False)
        if check and result.returncode != 0:
            expect(False, f"terraform {' '.join(words)}\n{result.stdout}{result.stderr}")
        return result

    def close(self):
        self.provider.communicate()


def run_tests(folder, terraform):
    """Runs terraform's own tests. Returns what each run made: {run: {address: values}}."""
    said = terraform(folder, "test", "-json", "-verbose", check=False)
    made, passed = {}, 0
    for line in said.stdout.splitlines():
        event = json.loads(line)
        if event["type"] == "test_state":
            resources = event["test_state"]["root_module"]["resources"]
            made[event["@testrun"]] = {resource["address"]: resource["values"] for resource in resources}
        elif event["type"] == "test_run":
            status = event["test_run"].get("status")
            passed += status == "pass"
            if status in ("fail", "error", "skip"):
                expect(False, f"{event['@testfile']}: run {event['@testrun']}: {status}")
        elif event["@level"] == "error":
            print(event["@message"], event.get("diagnostic", {}).get("detail", ""))
    expect(said.returncode == 0 and passed >= 8, f"terraform test: {passed} runs passed, exit code {said.returncode}\n{said.stderr}")
    return made


def allowed(policy):
    """The pairs of action and resource that a policy allows. Fails on anything but plain permission."""
    pairs = []
    for statement in json.loads(policy)["Statement"]:
        expect(statement["Effect"] == "Allow" and set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}, f"a plain statement: {statement}")
        pairs += [(action, resource) for action in statement["Action"] for resource in statement["Resource"]]
        if statement["Action"] == ["s3:ListBucket"]:
            prefixes = statement["Condition"]["StringLike"]["s3:prefix"]
            expect(prefixes and all(re.fullmatch(r"[a-z]+/\*", prefix) for prefix in prefixes), f"listing is bound to prefixes: {prefixes}")
    expect(len(pairs) == len(set(pairs)), "no permission stands twice")
    return set(pairs)


def check_policies(made):
    for run, key in (("default", set()), ("with_prices_and_a_key", KEY_POLICY)):
        for role, pairs in (("head", HEAD_POLICY), ("worker", WORKER_POLICY)):
            got = allowed(made[run][f"aws_iam_role_policy.{role}"]["policy"])
            expect(got == pairs | key, f"{run}: policy of the {role}: too much {got - pairs - key}, too little {(pairs | key) - got}")
            assume = json.loads(made[run][f"aws_iam_role.{role}"]["assume_role_policy"])["Statement"]
            expect(len(assume) == 1 and assume[0]["Principal"] == {"Service": "ec2.amazonaws.com"}, f"only EC2 takes the role of the {role}")


def check_rules(made):
    for run, resources in made.items():
        for address, values in resources.items():
            if ".aws_security_group" in "." + address and "_rule" not in address:
                continue
            if address.startswith("aws_vpc_security_group_ingress_rule"):
                outside = values.get("cidr_ipv4") if address.endswith(".admin") else None
                expect(outside in (None, "203.0.113.7/32"), f"{run}: {address} lets in {outside}")
                expect(address.endswith(".admin") or "inside" in address, f"{run}: {address} is not known here")
            if address.startswith("aws_vpc_security_group_egress_rule.outside"):
                expect(values["from_port"] == values["to_port"] and values["to_port"] in (80, 443), f"{run}: {address} leads to {values['to_port']}")


def check_secrets(made, folder):
    for path in sorted(folder.rglob("*.tf")):
        for name in NEVER:
            expect(name not in path.read_text(), f"{path.name}: {name} puts a secret into the state")
    for run, resources in made.items():
        for address, values in resources.items():
            if address.startswith("aws_launch_template"):
                values = dict(values, user_data=base64.b64decode(values["user_data"]).decode())
            text = json.dumps({name: value for name, value in values.items() if name not in ("public_key",)})
            text = text.replace("AAAAC3NzaC1lZDI1NTE5AAAAIFN0YW5kSW5Gb3JBS2V5VGhhdE5vYm9keUhhc0E=", "")  # the public key given
            found = SECRET.search(text)
            expect(not found, f"{run}: {address}: looks like a secret: {found and found[0]}")
    expect(SECRET.search("AKIAIOSFODNN7EXAMPLE") and SECRET.search('"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'), "a key would be found")


def check_user_data(made, scratch, project):
    for run, resources in made.items():
        if "aws_instance.head" not in resources:
            continue
        for name, text in (("head", resources["aws_instance.head"]["user_data"]),
                           ("worker", base64.b64decode(resources["aws_launch_template.worker"]["user_data"]).decode())):
            expect(len(text.encode()) <= MOST_USER_DATA, f"{run}: user data of the {name} has {len(text.encode())} bytes, AWS takes {MOST_USER_DATA}")
            expect("set -x" not in text and "${" + "package_uri}" not in text, f"{run}: user data of the {name} is filled in, and logs no values")
            path = scratch / f"{run}-{name}.sh"
            path.write_text(text)
            if run == "default" and shutil.which("shellcheck"):
                said = subprocess.run(["shellcheck", "-x", path], cwd=project, capture_output=True, text=True, check=False)
                expect(said.returncode == 0, f"shellcheck of the user data of the {name}:\n{said.stdout}")


# What making and removing each type takes, at least.
ACTIONS = {
    "aws_autoscaling_group": "autoscaling:CreateAutoScalingGroup autoscaling:DeleteAutoScalingGroup autoscaling:UpdateAutoScalingGroup ec2:RunInstances",
    "aws_autoscaling_schedule": "autoscaling:PutScheduledUpdateGroupAction autoscaling:DeleteScheduledAction",
    "aws_iam_instance_profile": "iam:CreateInstanceProfile iam:DeleteInstanceProfile iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile",
    "aws_iam_role": "iam:CreateRole iam:DeleteRole iam:PassRole", "aws_iam_role_policy": "iam:PutRolePolicy iam:DeleteRolePolicy",
    "aws_instance": "ec2:RunInstances ec2:TerminateInstances ec2:CreateTags", "aws_internet_gateway": "ec2:CreateInternetGateway ec2:DeleteInternetGateway",
    "aws_key_pair": "ec2:ImportKeyPair ec2:DeleteKeyPair", "aws_launch_template": "ec2:CreateLaunchTemplate ec2:DeleteLaunchTemplate",
    "aws_route_table": "ec2:CreateRouteTable ec2:DeleteRouteTable ec2:CreateRoute", "aws_route_table_association": "ec2:AssociateRouteTable",
    "aws_s3_bucket": "s3:CreateBucket s3:DeleteBucket", "aws_s3_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "aws_s3_bucket_ownership_controls": "s3:PutBucketOwnershipControls", "aws_s3_bucket_policy": "s3:PutBucketPolicy s3:DeleteBucketPolicy",
    "aws_s3_bucket_public_access_block": "s3:PutBucketPublicAccessBlock",
    "aws_s3_bucket_server_side_encryption_configuration": "s3:PutEncryptionConfiguration", "aws_s3_bucket_versioning": "s3:PutBucketVersioning",
    "aws_s3_object": "s3:PutObject s3:DeleteObject", "aws_security_group": "ec2:CreateSecurityGroup ec2:DeleteSecurityGroup",
    "aws_ssm_parameter": "ssm:PutParameter ssm:DeleteParameter", "aws_subnet": "ec2:CreateSubnet ec2:DeleteSubnet",
    "aws_vpc": "ec2:CreateVpc ec2:DeleteVpc", "aws_vpc_endpoint": "ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints",
    "aws_vpc_security_group_egress_rule": "ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupIngress",
}


def check_owners_policy(folder):
    """policy.json, for whoever runs terraform: enough to make and remove each type, no more than gridmill's roles."""
    statements = json.loads((folder / "policy.json").read_text())["Statement"]
    granted = {action for statement in statements for action in statement["Action"]}
    used = {name for path in folder.glob("*.tf") for name in re.findall(r'^resource "(aws_\w+)"', path.read_text(), re.M)}
    expect(used <= set(ACTIONS), f"types whose actions are not known here: {used - set(ACTIONS)}")
    missing = {action for name in used for action in ACTIONS[name].split()} - granted
    expect(not missing, f"policy.json lacks {missing}")
    wide = {action for action in granted if "*" in action and not re.fullmatch(r"\w+:(Describe|GetBucket|GetObject)\*", action)}
    expect(not wide, f"policy.json grants {wide}")
    for statement in statements:
        if any(action.startswith("iam:") for action in statement["Action"]):
            expect(all(re.search(r":(role|instance-profile)/(gridmill-|aws-service-role/)\*$", name) for name in statement["Resource"]),
                   f"policy.json: {statement['Sid']} is bound to names of clusters")


def check_variables(project):
    """What envs/ sets is a variable."""
    declared = set(re.findall(r'^variable "(\w+)"', (project / "terraform/vars.tf").read_text(), re.M))
    for path in (project / "terraform/envs").glob("*.tfvars"):
        named = set(re.findall(r"^(\w+) *=", path.read_text(), re.M))
        expect(named and named <= declared, f"{path.name} sets {named - declared}, which are no variables")


def check_workspace(folder, terraform):
    """That the variables of one cluster are refused in the workspace of another."""
    terraform.environment["TF_WORKSPACE"] = "other"
    said = terraform(folder, "test", "-no-color", "-filter=tests/cluster.tftest.hcl", check=False).stderr
    del terraform.environment["TF_WORKSPACE"]
    expect("This is the workspace 'other', but name is 'dev'" in " ".join(said.split()), f"the workspace of another cluster is refused\n{said}")


def check_mistakes(folder, scratch, terraform):
    """That the stand-in sees mistakes: each of these has to be found."""
    mistakes = {
        'An argument named "http_token" is not expected here': 'resource "aws_launch_template" "a" {\n  metadata_options {\n    http_token = "required"\n  }\n}\n',
        'Inappropriate value for attribute "volume_size"': 'resource "aws_instance" "b" {\n  root_block_device {\n    volume_size = ["50"]\n  }\n}\n',
        'The argument "public_key" is required': 'resource "aws_key_pair" "c" {}\n',
        'This object has no argument, nested block, or exported attribute named "vpc"': 'output "d" {\n  value = aws_security_group.head.vpc\n}\n',
        'does not support resource type "aws_instances"': 'resource "aws_instances" "e" {}\n',
    }
    copy = scratch / "mistaken"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "tests"))
    (copy / "mistakes.tf").write_text("".join(mistakes.values()))
    said = " ".join(terraform(copy, "validate", "-no-color", check=False).stderr.split())
    for words in mistakes:
        expect(words in said, f"terraform validate says: {words}\n{said}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=HERE.parents[1])
    project = parser.parse_args().project.resolve()
    if not shutil.which("terraform"):
        print("skipped: terraform is not installed (Debian has no package of it; hashicorp.com has one)")
        return SKIPPED
    folder = project / "terraform"
    with tempfile.TemporaryDirectory(prefix="gridmill-terraform-") as name:
        scratch = Path(name)
        try:
            terraform = Terraform(scratch)
        except ModuleNotFoundError as missing:
            print(f"skipped: the stand-in for the provider cannot run (package python3-grpcio)\n{missing}")
            return SKIPPED
        terraform(folder, "fmt", "-check", "-recursive", "-diff")
        terraform(folder, "validate")
        check_mistakes(folder, scratch, terraform)
        check_workspace(folder, terraform)
        check_owners_policy(folder)
        check_variables(project)
        made = run_tests(folder, terraform)
        terraform.close()
        if not failures:
            check_policies(made)
            check_rules(made)
            check_secrets(made, folder)
            check_user_data(made, scratch, project)
    print(f"{len(made)} runs made something; {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
