# What a cluster is. Nothing here is a secret, and nothing may be: all of it is readable in the state.

variable "name" {
  type        = string
  description = "Name of the cluster, in the names and tags of all that is made"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name))
    error_message = "name: 2 to 20 small letters, digits and '-', beginning with a letter, not ending with '-'."
  }
}

variable "region" {
  type        = string
  description = "AWS region, such as eu-central-1"
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code is expected, such as eu-central-1."
  }
}

variable "owner" {
  type        = string
  default     = "unknown"
  description = "Who is asked about the bill; a tag"
}

variable "admin_cidr" {
  type        = string
  description = "The one address from which ssh reaches the head, such as 203.0.113.7/32"
  validation {
    condition     = can(cidrhost(var.admin_cidr, 0)) && can(regex("^[0-9.]+/[0-9]+$", var.admin_cidr))
    error_message = "admin_cidr: an IPv4 range is expected, such as 203.0.113.7/32."
  }
  validation {
    condition     = try(tonumber(split("/", var.admin_cidr)[1]), 32) >= 24
    error_message = "admin_cidr: at most 256 addresses (/24); one is best (/32). The head is never open to the world."
  }
}

variable "ssh_public_key" {
  type        = string
  description = "The public part of your ssh key: the text of ~/.ssh/id_ed25519.pub"
  validation {
    condition     = can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( [^\n]*)?\n?$", var.ssh_public_key))
    error_message = "ssh_public_key: one line of a public key is expected (ssh-ed25519 AAAA...), never a private key."
  }
}

variable "package" {
  type        = string
  description = "Path of the Debian package of gridmill that all nodes install; its digest is checked on each"
  validation {
    condition     = fileexists(var.package)
    error_message = "package: there is no such file. 'cmake --build build/release --target package' makes it."
  }
}

variable "head" {
  type        = string
  default     = "t3.medium"
  description = "Instance type of the head: on demand, never spot; it holds the journal and hands out the work"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9]+$", var.head)) && !can(regex("^([a-z]+[0-9]+g|a1\\.)", var.head))
    error_message = "head: an x86-64 instance type is expected, such as t3.medium (types with a 'g' after the number are ARM)."
  }
}

variable "instance_types" {
  type        = list(string)
  default     = ["c7i.2xlarge", "c6i.2xlarge", "c7a.2xlarge"]
  description = "Types of the workers: the more, the better the chance that spot capacity is found. Take types with as many cores each"
  validation {
    condition     = length(distinct(var.instance_types)) == length(var.instance_types) && length(var.instance_types) >= 3
    error_message = "instance_types: at least three different types, as the spot capacity of one or two often runs out."
  }
  validation {
    condition = alltrue([for type in var.instance_types :
    can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9]+$", type)) && !can(regex("^([a-z]+[0-9]+g|a1\\.)", type))])
    error_message = "instance_types: x86-64 types are expected, such as c7i.2xlarge (those with a 'g' after the number are ARM)."
  }
}

variable "workers_min" {
  type        = number
  default     = 0
  description = "How many workers stay when the cluster is idle; the dollar limit and ttl_hours send these home, too"
  validation {
    condition     = var.workers_min >= 0 && floor(var.workers_min) == var.workers_min && var.workers_min <= var.workers_max
    error_message = "workers_min: a whole number from 0 to workers_max."
  }
}

variable "workers_max" {
  type        = number
  default     = 8
  description = "The most workers there can ever be"
  validation {
    condition     = var.workers_max >= 1 && var.workers_max <= 64 && floor(var.workers_max) == var.workers_max
    error_message = "workers_max: a whole number from 1 to 64."
  }
}

variable "slots_per_node" {
  type        = number
  default     = 0
  description = "Ranks on each worker; 0: as many as it has cores"
  validation {
    condition     = var.slots_per_node >= 0 && floor(var.slots_per_node) == var.slots_per_node
    error_message = "slots_per_node: a whole number; 0 means as many as there are cores."
  }
}

variable "on_demand_base" {
  type        = number
  default     = 0
  description = "How many of the workers are on demand; all others are spot"
  validation {
    condition     = var.on_demand_base >= 0 && var.on_demand_base <= var.workers_max
    error_message = "on_demand_base: from 0 to workers_max."
  }
}

variable "spot_max_price" {
  type        = number
  default     = null
  description = "Most that a spot worker may cost [USD/hour]; null: its on-demand price"
  validation {
    condition     = var.spot_max_price == null || try(var.spot_max_price > 0, false)
    error_message = "spot_max_price: more than 0, or null."
  }
}

variable "idle_minutes" {
  type        = number
  default     = 15
  description = "After so long without a gridmill on the head the workers are sent home, but for workers_min"
  validation {
    condition     = var.idle_minutes >= 5 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes: a whole number, at least 5."
  }
}

variable "ttl_hours" {
  type        = number
  default     = 12
  description = "After so long all workers are sent home by AWS itself, and the head stops; the last net"
  validation {
    condition     = var.ttl_hours >= 1 && var.ttl_hours <= 720 && floor(var.ttl_hours) == var.ttl_hours
    error_message = "ttl_hours: a whole number from 1 to 720."
  }
}

variable "limit_usd" {
  type        = number
  default     = null
  description = "What the machines of this cluster may cost in all [USD], by the prices given; null: no limit"
  validation {
    condition     = var.limit_usd == null || try(var.limit_usd > 0, false)
    error_message = "limit_usd: more than 0, or null."
  }
  validation {
    condition     = var.limit_usd == null || alltrue([for type in concat([var.head], var.instance_types) : contains(keys(var.prices), type)])
    error_message = "limit_usd needs the price of the head and of each of instance_types in prices."
  }
}

variable "prices" {
  type        = map(number)
  default     = {}
  description = "On-demand prices in your region [USD/hour] by instance type; what limit_usd and the outputs reckon with"
  validation {
    condition     = alltrue([for price in values(var.prices) : price > 0])
    error_message = "prices: each is more than 0 [USD/hour]."
  }
}

variable "azs" {
  type        = list(string)
  default     = []
  description = "Availability zones of the own network; empty: the first three of the region"
}

variable "vpc_cidr" {
  type        = string
  default     = "10.20.0.0/16"
  description = "Addresses of the own network"
  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 8, 2)) && can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.vpc_cidr))
    error_message = "vpc_cidr: a private IPv4 range of at least a /20 is expected, such as 10.20.0.0/16."
  }
}

variable "subnet_ids" {
  type        = list(string)
  default     = []
  description = "Public subnets of a network that exists already; empty: an own network is made"
  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "subnet_ids: ids such as subnet-0123456789abcdef0 are expected."
  }
}

variable "bucket" {
  type        = string
  description = "Name of the bucket for data, results and the package: unique in the world"
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket: 3 to 63 small letters, digits and '-' (no dots: they break TLS names)."
  }
}

variable "create_bucket" {
  type        = bool
  default     = true
  description = "false: the bucket exists already and outlives the cluster; its settings are yours"
}

variable "force_destroy" {
  type        = bool
  default     = false
  description = "true: 'terraform destroy' deletes the bucket with all that is in it"
}

variable "staging_days" {
  type        = number
  default     = 30
  description = "After so many days what lies under staging/ is deleted"
  validation {
    condition     = var.staging_days >= 1
    error_message = "staging_days: at least 1."
  }
}

variable "kms_key_arn" {
  type        = string
  default     = null
  description = "Key of yours that encrypts the bucket; null: a key that AWS manages, as it does for the disks"
  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-f-]+$", var.kms_key_arn))
    error_message = "kms_key_arn: the ARN of a key is expected (arn:aws:kms:REGION:ACCOUNT:key/ID)."
  }
}

variable "permissions_boundary" {
  type        = string
  default     = null
  description = "ARN of a policy that bounds the two roles, where your organisation asks for one"
}

variable "ami_id" {
  type        = string
  default     = null
  description = "Image of all nodes; null: the newest Debian 12 of the Debian project"
  validation {
    condition     = var.ami_id == null || can(regex("^ami-[0-9a-f]+$", var.ami_id))
    error_message = "ami_id: an id such as ami-0123456789abcdef0 is expected."
  }
}

variable "root_gb" {
  type        = number
  default     = 20
  description = "Disk of a worker [GB]"
  validation {
    condition     = var.root_gb >= 8
    error_message = "root_gb: at least 8."
  }
}

variable "head_gb" {
  type        = number
  default     = 50
  description = "Disk of the head [GB]: it holds the folder that all nodes share"
  validation {
    condition     = var.head_gb >= 8
    error_message = "head_gb: at least 8."
  }
}
