# Two workers on demand, which are never taken away, and up to fourteen spot; more types, so that some are always there.
name           = "prod"
region         = "eu-central-1"
head           = "m7i.large"
head_gb        = 200
instance_types = ["c7i.4xlarge", "c6i.4xlarge", "c7a.4xlarge", "c6a.4xlarge", "m7i.4xlarge", "m6i.4xlarge"]
on_demand_base = 2
workers_max    = 16
ttl_hours      = 48
