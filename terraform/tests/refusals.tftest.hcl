# What is refused, before anything is made: in each run every variable that is named has a wrong value.
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a"] }
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

run "the_world" {
  command = plan
  variables {
    admin_cidr     = "0.0.0.0/0"
    name           = "Dev"
    bucket         = "acme.gridmill"
    region         = "Frankfurt"
    ssh_public_key = "-----BEGIN OPENSSH PRIVATE KEY-----"
    package        = "tests/no-such-file.deb"
    instance_types = ["c7i.large", "c6i.large"]
    head           = "t4g.small"
    workers_max    = 0
    ttl_hours      = 0
    idle_minutes   = 1
    prices         = { "t3.medium" = 0 }
    spot_max_price = 0
    vpc_cidr       = "8.8.0.0/16"
    subnet_ids     = ["vpc-1"]
    ami_id         = "debian"
    kms_key_arn    = "alias/mine"
    slots_per_node = -1
    root_gb        = 1
    head_gb        = 1
    staging_days   = 0
  }
  expect_failures = [var.admin_cidr, var.name, var.bucket, var.region, var.ssh_public_key, var.package, var.instance_types, var.head, var.workers_max, var.ttl_hours, var.idle_minutes, var.prices, var.spot_max_price, var.vpc_cidr, var.subnet_ids, var.ami_id, var.kms_key_arn, var.slots_per_node, var.root_gb, var.head_gb, var.staging_days]
}

run "the_world_by_ipv6" {
  command = plan
  variables {
    admin_cidr     = "::/0"
    name           = "a-name-of-more-than-twenty"
    bucket         = "Acme"
    ssh_public_key = "ssh-ed25519 AAAA a\nssh-ed25519 AAAA b"
    instance_types = ["c7i.large", "c6i.large", "c6i.large"]
    vpc_cidr       = "10.0.0.0/28"
  }
  expect_failures = [var.admin_cidr, var.name, var.bucket, var.ssh_public_key, var.instance_types, var.vpc_cidr]
}

run "half_the_world" {
  command = plan
  variables {
    admin_cidr     = "128.0.0.0/1"
    name           = "dev'; rm"
    instance_types = ["c7i.large", "c6i.large", "c7g.large"]
    workers_min    = 9
    on_demand_base = 9
  }
  expect_failures = [var.admin_cidr, var.name, var.instance_types, var.workers_min, var.on_demand_base]
}

run "no_range" {
  command = plan
  variables {
    admin_cidr  = "203.0.113.7"
    name        = "dev-"
    workers_min = 0.5
    limit_usd   = 5
  }
  expect_failures = [var.admin_cidr, var.name, var.workers_min, var.limit_usd]
}

run "no_address" {
  command = plan
  variables {
    admin_cidr = "203.0.113.300/32"
    limit_usd  = 0
  }
  expect_failures = [var.admin_cidr, var.limit_usd]
}
