#!/usr/bin/env bash
# gridmill-hosts: prints the workers that run, as a file for gridmill's --hosts.
#   gridmill-hosts >hosts.txt && gridmill search CONFIG --hosts hosts.txt
# shellcheck source=terraform/scripts/common.sh
source "${GRIDMILL_COMMON:-/usr/local/lib/gridmill/common.sh}"

workers=$(running_workers) || fail "AWS did not tell the workers of '$CLUSTER'; its words are above"
[[ -n $workers ]] || fail "no worker runs: 'gridmill-workers N' brings them"

# The address of a worker that has gone may be given to another one, with another host key.
known=${GRIDMILL_KNOWN_HOSTS:-$HOME/.ssh/known_hosts}
if [[ -e $known ]]; then
  awk 'NR == FNR { lives[$1]; next } $1 in lives' <(echo "$workers") "$known" >"$known.new"
  mv "$known.new" "$known"
fi

while read -r address _; do
  if ((SLOTS > 0)); then echo "$address slots=$SLOTS"; else echo "$address"; fi
done <<<"$workers"
