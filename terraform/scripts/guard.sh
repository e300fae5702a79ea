#!/usr/bin/env bash
# gridmill-guard: run by a timer each minute on the head, so that nobody's laptop is needed for the bill to end.
#   idle       no gridmill for IDLE_MINUTES: workers are sent home, but for WORKERS_MIN
#   limit      head and workers have cost LIMIT_MICRO_USD: gridmill stops in order, all workers go home, the head stops
#   ttl        TTL_HOURS after its boot: the same
# What was spent is reckoned from types and times by the prices given, which are those on demand: spot costs less, so the limit
# comes rather early than late. It is kept over reboots. Limit and ttl do not depend on what AWS answers.
# shellcheck source=terraform/scripts/common.sh
source "${GRIDMILL_COMMON:-/usr/local/lib/gridmill/common.sh}"

state=${GRIDMILL_STATE:-/var/lib/gridmill}
now=${GRIDMILL_NOW:-$(date +%s)}
up_since=${GRIDMILL_BOOT:-$((now - $(cut -d. -f1 /proc/uptime)))}

read_number() { # FILE DEFAULT
  local number
  if [[ -e $1 ]]; then read -r number <"$1"; else number=$2; fi
  [[ $number =~ ^[0-9]+$ ]] || number=$2
  echo "$number"
}
write_number() { # FILE NUMBER: whole or not at all
  echo "$2" >"$1.new"
  mv "$1.new" "$1"
}
price_of() { # TYPE: micro-dollars an hour; of a type that was not named, that of the dearest
  local pair most=0
  for pair in $PRICES; do
    if [[ ${pair%%=*} == "$1" ]]; then
      echo "${pair#*=}"
      return
    fi
    ((${pair#*=} <= most)) || most=${pair#*=}
  done
  echo "$most"
}
seconds_since() { # MARK START: how long since the later of both
  local from=$1
  ((from >= $2)) || from=$2
  echo $((now > from ? now - from : 0))
}

# launchers: gridmills that nobody but a person or a service started: the ranks are told by those.
launchers() {
  # shellcheck disable=SC2009  # pgrep does not tell parents
  ps -u gridmill -o pid=,ppid=,comm= | awk '
    { parent[$1] = $2; name[$1] = $3 }
    END { for (pid in name) if (name[pid] == "gridmill" && name[parent[pid]] !~ /^(gridmill|mpirun|orterun|orted)$/) print pid }'
}

# Adds what the time since the last look has cost. What the workers were is remembered where AWS does not answer.
reckon() {
  local before spent worker type launched
  before=$(read_number "$state/looked" "$now")
  spent=$(read_number "$state/spent" 0) # [micro-dollar seconds per hour]
  spent=$((spent + $(price_of "$HEAD_TYPE") * $(seconds_since "$before" "$up_since")))
  if running_workers >"$state/workers.new"; then
    mv "$state/workers.new" "$state/workers"
  else
    echo "AWS did not tell the workers; those of the last look are reckoned"
  fi
  [[ -e $state/workers ]] || : >"$state/workers"
  while read -r worker type launched; do
    [[ -z $worker ]] || spent=$((spent + $(price_of "$type") * $(seconds_since "$before" "$launched")))
  done <"$state/workers"
  write_number "$state/spent" "$spent"
  write_number "$state/looked" "$now"
  spent_micro_usd=$((spent / 3600))
}

# Ends all: runs in order (exit code 75, nothing is lost), workers, the head itself. The head stops whatever AWS answers: it is
# tried once more at the next boot, and ttl is AWS's own for workers.
end_all() {
  local pid waited
  echo "$1: gridmill is stopped, all workers are sent home, the head stops"
  for pid in $(launchers); do kill -USR1 "$pid" 2>/dev/null || true; done
  for ((waited = 0; waited < 60; waited++)); do
    [[ -n $(launchers) ]] || break
    sleep "${GRIDMILL_PAUSE:-1}"
  done
  again 5 set_workers 0 || echo "AWS did not take it that all workers go home: they go when their ttl ends"
  systemctl poweroff
}

# What 'terraform apply' has changed since.
refresh_settings() {
  local text
  text=$(aws ssm get-parameter --name "$SETTINGS_PARAMETER" --query Parameter.Value --output text) || return 1
  [[ $text == *"export CLUSTER='$CLUSTER'"* ]] || return 1
  echo "$text" >"$settings.new"
  mv "$settings.new" "$settings"
  # shellcheck source=/dev/null
  source "$settings"
}

mkdir -p "$state"
refresh_settings || echo "AWS did not tell the settings; those of the last look hold"
reckon
if ((LIMIT_MICRO_USD > 0 && spent_micro_usd >= LIMIT_MICRO_USD)); then
  end_all "the limit of $((LIMIT_MICRO_USD / 10000)) cents is reached"
  exit 0
fi
if ((now - up_since >= TTL_HOURS * 3600)); then
  end_all "the head has run for $TTL_HOURS hours (ttl_hours)"
  exit 0
fi

busy=$(read_number "$state/busy" "$up_since")
asked=$(stat -c %Y "$state/asked" 2>/dev/null || echo 0)
((asked <= busy)) || busy=$asked
((up_since <= busy)) || busy=$up_since
if [[ -n $(launchers) ]]; then busy=$now; fi
write_number "$state/busy" "$busy"
workers=$(grep -c . "$state/workers" || true)
if ((now - busy >= IDLE_MINUTES * 60 && workers > WORKERS_MIN)); then
  echo "no gridmill for $IDLE_MINUTES minutes: workers are sent home, $WORKERS_MIN stay"
  again 3 set_workers "$WORKERS_MIN" || echo "AWS did not take it; tried again in a minute"
fi
