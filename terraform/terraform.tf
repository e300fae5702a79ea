terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  lifecycle {
    # A cluster is a workspace: the file of one, applied in that of another, would rebuild the other.
    precondition {
      condition     = contains(["default", var.name], terraform.workspace)
      error_message = "This is the workspace '${terraform.workspace}', but name is '${var.name}': terraform workspace select ${var.name}"
    }
  }
}

locals {
  prefix = "gridmill-${var.name}"
  tags = {
    project            = "gridmill"
    "gridmill:cluster" = var.name
    "gridmill:owner"   = var.owner
    "gridmill:ttl"     = "${var.ttl_hours} hours"
  }
  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}"
}
