# Two roles, each with exactly what its nodes do. No user, no access key: nodes get credentials from their role.
# The policies are written out here, not by data.aws_iam_policy_document: so the tests read what AWS will read.

locals {
  assume = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
  # The public part of the head's ssh key; the head writes it, workers read it.
  key_parameter      = "/gridmill/${var.name}/head-ssh-public-key"
  settings_parameter = "/gridmill/${var.name}/settings"
  parameters_arn     = "${local.arn}:ssm:${var.region}:${local.account}:parameter"
  group_name         = "${local.prefix}-workers"
  group_arn          = "${local.arn}:autoscaling:${var.region}:${local.account}:autoScalingGroup:*:autoScalingGroupName/${local.group_name}"

  head_reads    = ["staging", "features", "models", "results", "packages"]
  worker_reads  = ["staging", "features", "packages"]
  nodes_write   = ["features", "models", "results"]
  key_statement = var.kms_key_arn == null ? [] : [{ Sid = "Key", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [var.kms_key_arn] }]

  bucket_statements = { for role, reads in { head = local.head_reads, worker = local.worker_reads } : role => [
    {
      Sid       = "List", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [local.bucket_arn]
      Condition = { StringLike = { "s3:prefix" = [for prefix in setunion(reads, local.nodes_write) : "${prefix}/*"] } }
    },
    { Sid = "Read", Effect = "Allow", Action = ["s3:GetObject"], Resource = [for prefix in reads : "${local.bucket_arn}/${prefix}/*"] },
    {
      Sid      = "Write", Effect = "Allow", Action = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource = [for prefix in local.nodes_write : "${local.bucket_arn}/${prefix}/*"]
    },
  ] }
}

resource "aws_iam_role" "head" {
  name                 = "${local.prefix}-head"
  assume_role_policy   = local.assume
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role" "worker" {
  name                 = "${local.prefix}-worker"
  assume_role_policy   = local.assume
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "head" {
  name = local.prefix
  role = aws_iam_role.head.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([for statement in local.bucket_statements.head : statement], [
      { Sid = "FindWorkers", Effect = "Allow", Action = ["ec2:DescribeInstances"], Resource = ["*"] }, # AWS knows no narrower one
      { Sid = "HowManyWorkers", Effect = "Allow", Action = ["autoscaling:SetDesiredCapacity"], Resource = [local.group_arn] },
      { Sid = "Settings", Effect = "Allow", Action = ["ssm:GetParameter"], Resource = ["${local.parameters_arn}${local.settings_parameter}"] },
      { Sid = "ShowKey", Effect = "Allow", Action = ["ssm:PutParameter"], Resource = ["${local.parameters_arn}${local.key_parameter}"] },
    ], local.key_statement)
  })
}

resource "aws_iam_role_policy" "worker" {
  name = local.prefix
  role = aws_iam_role.worker.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([for statement in local.bucket_statements.worker : statement], [
      { Sid = "ReadKey", Effect = "Allow", Action = ["ssm:GetParameter"], Resource = ["${local.parameters_arn}${local.key_parameter}"] },
    ], local.key_statement)
  })
}

resource "aws_iam_instance_profile" "head" {
  name = "${local.prefix}-head"
  role = aws_iam_role.head.name
}

resource "aws_iam_instance_profile" "worker" {
  name = "${local.prefix}-worker"
  role = aws_iam_role.worker.name
}

# Made here so that 'terraform destroy' removes it; its value is the head's.
resource "aws_ssm_parameter" "head_key" {
  name        = local.key_parameter
  description = "Public part of the ssh key of the head of gridmill cluster ${var.name}"
  type        = "String"
  value       = "none yet"
  lifecycle {
    ignore_changes = [value]
  }
}
