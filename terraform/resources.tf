# The head is on demand: it holds the journal. Workers are spot and may vanish at any time; what they were at is done again.

data "aws_ami" "debian" {
  most_recent = true
  owners      = ["136693071363"] # the Debian project
  filter {
    name   = "name"
    values = ["debian-12-amd64-*"]
  }
}

locals {
  ami = coalesce(var.ami_id, data.aws_ami.debian.id)
}

resource "aws_key_pair" "admin" {
  key_name   = local.prefix
  public_key = trimspace(var.ssh_public_key)
}

resource "aws_instance" "head" {
  ami                                  = local.ami
  instance_type                        = var.head
  subnet_id                            = local.subnet_ids[0]
  vpc_security_group_ids               = [aws_security_group.head.id]
  associate_public_ip_address          = true
  key_name                             = aws_key_pair.admin.key_name
  iam_instance_profile                 = aws_iam_instance_profile.head.name
  instance_initiated_shutdown_behavior = "stop" # the disk stays: results are fetched after the limit stopped the head, too
  user_data                            = local.head_user_data
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = var.head_gb
    encrypted   = true
    tags        = merge(local.tags, { Name = "${local.prefix}-head" })
  }
  tags = { Name = "${local.prefix}-head", "gridmill:role" = "head" }
  lifecycle {
    # Each would replace the head, and its disk. A head that is stopped has no public address, which looks like a change.
    ignore_changes = [ami, user_data, associate_public_ip_address]
  }
  depends_on = [aws_iam_role_policy.head, aws_s3_object.package, aws_ssm_parameter.head_key, aws_ssm_parameter.settings, aws_vpc_security_group_egress_rule.outside]
}

resource "aws_launch_template" "worker" {
  name                   = "${local.prefix}-worker"
  image_id               = local.ami
  update_default_version = true
  user_data              = base64encode(local.worker_user_data)
  iam_instance_profile {
    name = aws_iam_instance_profile.worker.name
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }
  network_interfaces {
    associate_public_ip_address = true
    delete_on_termination       = true
    security_groups             = [aws_security_group.worker.id]
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_gb
      encrypted             = true
      delete_on_termination = true
    }
  }
  dynamic "tag_specifications" {
    for_each = toset(["volume", "network-interface"])
    content {
      resource_type = tag_specifications.value
      tags          = merge(local.tags, { Name = "${local.prefix}-worker" })
    }
  }
}

resource "aws_autoscaling_group" "workers" {
  name                = local.group_name
  min_size            = 0 # so that the head can always send all home
  max_size            = var.workers_max
  desired_capacity    = var.workers_min
  vpc_zone_identifier = local.subnet_ids
  capacity_rebalance  = false # it ends nodes early; short tasks need no early replacement
  health_check_type   = "EC2"
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = var.on_demand_base
      on_demand_percentage_above_base_capacity = 0
      spot_allocation_strategy                 = "price-capacity-optimized"
      spot_max_price                           = var.spot_max_price == null ? "" : tostring(var.spot_max_price)
    }
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.worker.id
        version            = aws_launch_template.worker.latest_version
      }
      dynamic "override" {
        for_each = var.instance_types
        content {
          instance_type = override.value
        }
      }
    }
  }
  dynamic "tag" {
    for_each = merge(local.tags, { Name = "${local.prefix}-worker", "gridmill:role" = "worker" })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
  lifecycle {
    ignore_changes = [desired_capacity] # the head sets it
  }
  depends_on = [aws_iam_role_policy.worker, aws_s3_object.package, aws_vpc_security_group_egress_rule.outside]
}

# The last net: AWS sends all workers home, whether the head lives or not. Its time is that of its making: to begin anew,
# terraform apply -replace=aws_autoscaling_schedule.ttl
resource "aws_autoscaling_schedule" "ttl" {
  scheduled_action_name  = "ttl"
  autoscaling_group_name = aws_autoscaling_group.workers.name
  start_time             = timeadd(plantimestamp(), "${var.ttl_hours}h")
  min_size               = 0
  max_size               = 0
  desired_capacity       = 0
  lifecycle {
    ignore_changes = [start_time]
  }
}
