# Up to eight workers of eight cores, all spot.
name           = "spot"
region         = "eu-central-1"
head           = "t3.medium"
instance_types = ["c7i.2xlarge", "c6i.2xlarge", "c7a.2xlarge", "c6a.2xlarge"]
workers_max    = 8
ttl_hours      = 12
