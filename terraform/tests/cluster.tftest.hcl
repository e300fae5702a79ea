# What must hold of a cluster, whatever is asked for. Runs without an account: tests/terraform/check.py, or
# 'terraform test' here after 'terraform init'.
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_ami" {
    defaults = { id = "ami-0123456789abcdef0" }
  }
  mock_data "aws_subnet" {
    defaults = { vpc_id = "vpc-0123456789abcdef0", cidr_block = "172.31.0.0/20" }
  }
  mock_resource "aws_instance" {
    defaults = { id = "i-0123456789abcdef0", private_ip = "10.20.0.10", public_ip = "198.51.100.20" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 1 }
  }
}

variables {
  name           = "dev"
  region         = "eu-central-1"
  admin_cidr     = "203.0.113.7/32"
  ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFN0YW5kSW5Gb3JBS2V5VGhhdE5vYm9keUhhc0E= you@laptop"
  bucket         = "acme-gridmill"
  package        = "tests/package.txt"
}

run "default" {
  assert {
    condition     = aws_instance.head.metadata_options[0].http_tokens == "required" && aws_launch_template.worker.metadata_options[0].http_tokens == "required"
    error_message = "Metadata is read with a token only (IMDSv2)."
  }
  assert {
    condition     = aws_instance.head.metadata_options[0].http_put_response_hop_limit == 1 && aws_launch_template.worker.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata is not passed on."
  }
  assert {
    condition     = aws_instance.head.root_block_device[0].encrypted && alltrue([for disk in aws_launch_template.worker.block_device_mappings : disk.ebs[0].encrypted == "true"])
    error_message = "All disks are encrypted."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.data[0].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The bucket is encrypted."
  }
  assert {
    condition = alltrue([aws_s3_bucket_public_access_block.data[0].block_public_acls, aws_s3_bucket_public_access_block.data[0].block_public_policy,
    aws_s3_bucket_public_access_block.data[0].ignore_public_acls, aws_s3_bucket_public_access_block.data[0].restrict_public_buckets])
    error_message = "Nothing in the bucket can be made public."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.data[0].policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } } && jsondecode(aws_s3_bucket_policy.data[0].policy).Statement[0].Effect == "Deny"
    error_message = "The bucket answers by TLS only."
  }
  assert {
    condition     = !aws_s3_bucket.data[0].force_destroy && aws_s3_bucket_versioning.data[0].versioning_configuration[0].status == "Enabled"
    error_message = "Results are not deleted by the way."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.admin.cidr_ipv4 == "203.0.113.7/32" && aws_vpc_security_group_ingress_rule.admin.from_port == 22 && aws_vpc_security_group_ingress_rule.admin.to_port == 22
    error_message = "From outside: ssh from one address."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.inside : rule.ip_protocol == "tcp" && contains([22, 2049, 20000], rule.from_port)])
    error_message = "Nodes speak to each other at the ports of ssh, NFS and Open MPI."
  }
  assert {
    condition     = length(aws_autoscaling_group.workers.mixed_instances_policy[0].launch_template[0].override) == 3
    error_message = "Several types of workers."
  }
  assert {
    condition = (aws_autoscaling_group.workers.mixed_instances_policy[0].instances_distribution[0].on_demand_base_capacity == 0 &&
    aws_autoscaling_group.workers.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 0)
    error_message = "All workers are spot."
  }
  assert {
    condition     = aws_autoscaling_group.workers.mixed_instances_policy[0].instances_distribution[0].spot_allocation_strategy == "price-capacity-optimized"
    error_message = "Spot pools are chosen by price and capacity."
  }
  assert {
    condition     = aws_autoscaling_group.workers.min_size == 0 && aws_autoscaling_group.workers.desired_capacity == 0 && aws_autoscaling_group.workers.max_size == 8
    error_message = "The group may always be empty, and is at first."
  }
  assert {
    condition     = length(aws_launch_template.worker.instance_market_options) == 0
    error_message = "Spot is the group's business, not the template's."
  }
  assert {
    condition     = length(aws_instance.head.instance_market_options) == 0
    error_message = "The head is never spot."
  }
  assert {
    condition     = aws_autoscaling_schedule.ttl.max_size == 0 && aws_autoscaling_schedule.ttl.desired_capacity == 0
    error_message = "When the ttl ends, no worker stays, and none can start."
  }
  assert {
    condition     = aws_instance.head.instance_initiated_shutdown_behavior == "stop"
    error_message = "A head that stops keeps its disk."
  }
  assert {
    condition     = length(aws_subnet.nodes) == 3 && length(data.aws_subnet.given) == 0
    error_message = "An own network with a subnet in each of three zones."
  }
  assert {
    condition     = output.most_usd_per_hour == null
    error_message = "Without prices no price is told."
  }
}

run "in_a_network_that_exists" {
  variables {
    subnet_ids    = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
    create_bucket = false
  }
  assert {
    condition     = length(aws_vpc.own) == 0 && length(aws_subnet.nodes) == 0 && length(aws_internet_gateway.own) == 0 && length(aws_s3_bucket.data) == 0
    error_message = "Nothing is made that is given."
  }
  assert {
    condition     = aws_security_group.head.vpc_id == "vpc-0123456789abcdef0" && aws_instance.head.subnet_id == "subnet-0aaaaaaaaaaaaaaaa" && length(aws_autoscaling_group.workers.vpc_zone_identifier) == 2
    error_message = "Nodes are in the subnets given."
  }
}

run "with_prices_and_a_key" {
  variables {
    limit_usd      = 5
    prices         = { "t3.medium" = 0.05, "c7i.2xlarge" = 0.4, "c6i.2xlarge" = 0.5, "c7a.2xlarge" = 0.45 }
    kms_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    on_demand_base = 2
    workers_min    = 1
  }
  assert {
    condition     = output.most_usd_per_hour == 0.05 + 8 * 0.5
    error_message = "The head and eight of the dearest."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.data[0].rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "The bucket is encrypted with the key given."
  }
  assert {
    condition     = strcontains(aws_ssm_parameter.settings.value, "LIMIT_MICRO_USD='5000000'") && strcontains(aws_ssm_parameter.settings.value, "c6i.2xlarge=500000")
    error_message = "The head knows the limit and the prices."
  }
}
