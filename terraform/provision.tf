# What nodes do when they first boot. User data is readable by whoever is on the node, and stands in the state: it holds no
# secret. What it installs comes from Debian, and from the bucket by digest.

locals {
  scripts = { for name in ["common", "guard", "hosts", "workers"] : name => file("${path.module}/scripts/${name}.sh") }

  # Prices as whole micro-dollars an hour, one "type=price" each: shells have no fractions.
  price_words = join(" ", [for type in distinct(concat([var.head], var.instance_types)) : "${type}=${floor(lookup(var.prices, type, 0) * 1000000)}"])

  # Of the head; it reads them again each minute, so that 'terraform apply' changes them on a head that runs.
  settings = join("\n", [for name, value in {
    AWS_DEFAULT_REGION = var.region
    CLUSTER            = var.name
    GROUP              = local.group_name
    HEAD_TYPE          = var.head
    SETTINGS_PARAMETER = local.settings_parameter
    SLOTS              = var.slots_per_node
    WORKERS_MIN        = var.workers_min
    WORKERS_MAX        = var.workers_max
    IDLE_MINUTES       = var.idle_minutes
    TTL_HOURS          = var.ttl_hours
    LIMIT_MICRO_USD    = var.limit_usd == null ? 0 : floor(var.limit_usd * 1000000)
    PRICES             = local.price_words
  } : "export ${name}='${value}'"])

  package_settings = {
    region       = var.region
    package_uri  = "s3://${var.bucket}/${local.package_key}"
    package_sha  = local.package_sha
    key_name     = local.key_parameter
    common       = local.scripts.common
    shared_cidrs = join(" ", local.node_cidrs)
  }
  head_user_data = templatefile("${path.module}/user-data/head.sh.tftpl", merge(local.package_settings, {
    admin_key = trimspace(var.ssh_public_key)
    guard     = local.scripts.guard
    hosts     = local.scripts.hosts
    workers   = local.scripts.workers
    settings  = local.settings
  }))
  worker_user_data = templatefile("${path.module}/user-data/worker.sh.tftpl", merge(local.package_settings, {
    head_address = aws_instance.head.private_ip
  }))
}

resource "aws_ssm_parameter" "settings" {
  name        = local.settings_parameter
  description = "What the head of gridmill cluster ${var.name} keeps to"
  type        = "String"
  value       = local.settings
}
