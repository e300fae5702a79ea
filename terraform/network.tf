# An own network unless subnets are given. Nodes have public addresses, as they install packages and read the bucket; nothing
# from outside reaches them, but ssh the head. A NAT gateway would cost more than the addresses.

locals {
  own_network = length(var.subnet_ids) == 0
  azs         = length(var.azs) > 0 ? var.azs : slice(data.aws_availability_zones.available.names, 0, min(3, length(data.aws_availability_zones.available.names)))
  subnet_ids  = local.own_network ? [for subnet in aws_subnet.nodes : subnet.id] : var.subnet_ids
  vpc_id      = local.own_network ? aws_vpc.own[0].id : data.aws_subnet.given[0].vpc_id

  # The addresses that may mount the shared folder of the head.
  node_cidrs = local.own_network ? aws_subnet.nodes[*].cidr_block : data.aws_subnet.given[*].cidr_block

  # Ports between nodes. ssh starts ranks; gridmill keeps Open MPI to these ports.
  ssh_port = 22
  mpi_from = 20000
  mpi_to   = 20999
  nfs_port = 2049
}

data "aws_availability_zones" "available" {
  state = "available"
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_subnet" "given" {
  count = length(var.subnet_ids)
  id    = var.subnet_ids[count.index]
}

resource "aws_vpc" "own" {
  count                = local.own_network ? 1 : 0
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.prefix }
}

resource "aws_subnet" "nodes" {
  count                   = local.own_network ? length(local.azs) : 0
  vpc_id                  = aws_vpc.own[0].id
  availability_zone       = local.azs[count.index]
  cidr_block              = cidrsubnet(var.vpc_cidr, 8, count.index)
  map_public_ip_on_launch = true
  tags                    = { Name = "${local.prefix}-${local.azs[count.index]}" }
}

resource "aws_internet_gateway" "own" {
  count  = local.own_network ? 1 : 0
  vpc_id = aws_vpc.own[0].id
  tags   = { Name = local.prefix }
}

resource "aws_route_table" "nodes" {
  count  = local.own_network ? 1 : 0
  vpc_id = aws_vpc.own[0].id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.own[0].id
  }
  tags = { Name = local.prefix }
}

resource "aws_route_table_association" "nodes" {
  count          = local.own_network ? length(local.azs) : 0
  subnet_id      = aws_subnet.nodes[count.index].id
  route_table_id = aws_route_table.nodes[0].id
}

# What goes to the bucket stays within AWS, and costs nothing on the way.
resource "aws_vpc_endpoint" "s3" {
  count             = local.own_network ? 1 : 0
  vpc_id            = aws_vpc.own[0].id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.nodes[0].id]
  tags              = { Name = local.prefix }
}

resource "aws_security_group" "head" {
  name        = "${local.prefix}-head"
  description = "The head of gridmill cluster ${var.name}"
  vpc_id      = local.vpc_id
  tags        = { Name = "${local.prefix}-head" }
}

resource "aws_security_group" "worker" {
  name        = "${local.prefix}-worker"
  description = "Workers of gridmill cluster ${var.name}"
  vpc_id      = local.vpc_id
  tags        = { Name = "${local.prefix}-worker" }
}

resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = aws_security_group.head.id
  description       = "ssh from the one address of its owner"
  cidr_ipv4         = var.admin_cidr
  ip_protocol       = "tcp"
  from_port         = local.ssh_port
  to_port           = local.ssh_port
}

locals {
  # Who may speak to whom within the cluster, at which ports. Each is a rule in at one end and a rule out at the other.
  inside = {
    ssh_to_workers  = { from = "head", to = "worker", first = local.ssh_port, last = local.ssh_port }
    mpi_to_workers  = { from = "head", to = "worker", first = local.mpi_from, last = local.mpi_to }
    mpi_to_head     = { from = "worker", to = "head", first = local.mpi_from, last = local.mpi_to }
    mpi_of_workers  = { from = "worker", to = "worker", first = local.mpi_from, last = local.mpi_to }
    files_from_head = { from = "worker", to = "head", first = local.nfs_port, last = local.nfs_port }
  }
  groups = { head = aws_security_group.head.id, worker = aws_security_group.worker.id }
  # Debian's packages and AWS's interfaces. Names, time and metadata come from the network itself: no rule filters those.
  outside = { for pair in setproduct(["head", "worker"], [80, 443]) : "${pair[0]}_${pair[1]}" => { from = pair[0], port = pair[1] } }
}

resource "aws_vpc_security_group_ingress_rule" "inside" {
  for_each                     = local.inside
  security_group_id            = local.groups[each.value.to]
  referenced_security_group_id = local.groups[each.value.from]
  description                  = replace(each.key, "_", " ")
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}

resource "aws_vpc_security_group_egress_rule" "inside" {
  for_each                     = local.inside
  security_group_id            = local.groups[each.value.from]
  referenced_security_group_id = local.groups[each.value.to]
  description                  = replace(each.key, "_", " ")
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}

resource "aws_vpc_security_group_egress_rule" "outside" {
  for_each          = local.outside
  security_group_id = local.groups[each.value.from]
  description       = "packages and AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}
