output "head_address" {
  description = "Public address of the head; another one after each stop"
  value       = aws_instance.head.public_ip
}

output "ssh_command" {
  value = "ssh gridmill@${aws_instance.head.public_ip}"
}

output "admin_command" {
  description = "The user who may use sudo"
  value       = "ssh admin@${aws_instance.head.public_ip}"
}

output "bucket" {
  value = var.bucket
}

output "group" {
  description = "Autoscaling group of the workers"
  value       = aws_autoscaling_group.workers.name
}

output "head_id" {
  value = aws_instance.head.id
}

output "head_state" {
  description = "running, or stopped: by the limit, by ttl_hours or by hand"
  value       = aws_instance.head.instance_state
}

output "package" {
  description = "What all nodes install"
  value       = "s3://${var.bucket}/${local.package_key}"
}

locals {
  workers_price = var.workers_max * try(max([for type in var.instance_types : var.prices[type]]...), 0)
}

output "most_usd_per_hour" {
  description = "Head and workers_max workers at the prices given; null where one is not given. Disks, addresses and traffic come on top"
  value       = alltrue([for type in concat([var.head], var.instance_types) : contains(keys(var.prices), type)]) ? var.prices[var.head] + local.workers_price : null
}
