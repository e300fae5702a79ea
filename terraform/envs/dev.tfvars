# One worker at most, for trying out. Say the rest on the command line, or in a file of your own beside this one:
#   admin_cidr, ssh_public_key, bucket, package
name           = "dev"
region         = "eu-central-1"
head           = "t3.small"
instance_types = ["c7i.large", "c6i.large", "c7a.large"]
workers_max    = 1
idle_minutes   = 10
ttl_hours      = 4
