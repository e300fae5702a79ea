# shellcheck shell=bash
# Sourced by what runs on nodes: settings, and words for what went wrong.
set -euo pipefail

settings=${GRIDMILL_SETTINGS:-/etc/gridmill/cluster}
if [[ -e $settings ]]; then
  # shellcheck source=/dev/null
  source "$settings"
fi

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

# again N COMMAND...: tries up to N times, a little longer apart each time: roles and networks are there some seconds late.
again() {
  local tries=$1 try
  shift
  for ((try = 1; try <= tries; try++)); do
    if "$@"; then return 0; fi
    sleep "${GRIDMILL_PAUSE:-$((try * 2))}"
  done
  return 1
}

# running_workers: a line for each: private address, type, seconds since the epoch at which it was launched.
running_workers() {
  local address type launched
  # shellcheck disable=SC2016  # the query's own quotes
  aws ec2 describe-instances --output text \
    --filters "Name=tag:gridmill:cluster,Values=$CLUSTER" Name=tag:gridmill:role,Values=worker \
    Name=instance-state-name,Values=running \
    --query 'Reservations[].Instances[].[PrivateIpAddress,InstanceType,LaunchTime]' |
    sort | while read -r address type launched; do
    [[ $address == None || -z $address ]] || echo "$address $type $(date -d "$launched" +%s)"
  done
}

set_workers() {
  aws autoscaling set-desired-capacity --auto-scaling-group-name "$GROUP" --desired-capacity "$1"
}
