#!/usr/bin/env bash
# gridmill-workers N: asks for N workers, waits until they answer, and writes them to hosts.txt here (or to the file named second).
# Spot capacity may be short: after 10 minutes it goes on with those that are there. 0 sends all home.
# shellcheck source=terraform/scripts/common.sh
source "${GRIDMILL_COMMON:-/usr/local/lib/gridmill/common.sh}"

wanted=${1:-}
file=${2:-hosts.txt}
[[ $wanted =~ ^[0-9]+$ ]] || fail "how many workers? 'gridmill-workers 4' asks for four, 0 sends all home"
((wanted <= WORKERS_MAX)) || fail "$wanted workers are more than workers_max, $WORKERS_MAX"

set_workers "$wanted" || fail "AWS refused; its words are above (after ttl_hours no worker may start: terraform apply -replace=aws_autoscaling_schedule.ttl)"
if ((wanted == 0)); then
  echo "all workers are sent home"
  exit 0
fi
touch "${GRIDMILL_BUSY:-/var/lib/gridmill/asked}" # the idle time begins now

# ready ADDRESS: it has gridmill, and the shared folder.
ready() {
  ssh -o BatchMode=yes -o ConnectTimeout=4 "$1" 'test -e /var/lib/gridmill-ready' 2>/dev/null </dev/null
}
ready_workers() {
  local address
  gridmill-hosts 2>/dev/null | while read -r address rest; do
    if ready "$address"; then echo "$address${rest:+ $rest}"; fi
  done || true
}

deadline=$((SECONDS + ${GRIDMILL_PATIENCE:-600}))
while :; do
  hosts=$(ready_workers)
  up=$(grep -c . <<<"$hosts" || true)
  ((up < wanted && SECONDS < deadline)) || break
  printf '%d of %d workers are ready\n' "$up" "$wanted"
  sleep "${GRIDMILL_PAUSE:-10}"
done
((up > 0)) || fail "no worker came up in time: the group's activities say why (aws autoscaling describe-scaling-activities --auto-scaling-group-name $GROUP, from your machine)"
echo "$hosts" >"$file"
if ((up < wanted)); then
  echo "$up of $wanted workers are up; $file lists them, go on with these or ask again"
else
  echo "$up workers are ready; $file lists them"
fi
