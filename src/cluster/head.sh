#!/usr/bin/env bash
# What gridmill does on the head of a cluster. It is sent over ssh: bash -s -- COMMAND ... <head.sh
#   ready                                says "ready" once the head is
#   turn WORK JOB                        what is fetched from now on is all that the job reads
#   fetch WORK JOB BUCKET [SHA256 PATH]...   brings data that lies in the bucket under staging/ into the work folder
#   prune WORK JOB                       removes what was fetched before the turn, and not again since
#   start WORK JOB WORKERS KEY WORDS...  begins a job that goes on when nobody listens
#   state WORK JOB                       "none", "running KEY", or "ended CODE SEEN KEY"
#   follow WORK JOB OUT ERRORS           what it says from these bytes on, and its exit code
#   seen WORK JOB                        its end is known, its results have been taken
#   pack WORK PATH...                    those of the paths that are there, as a tar file
#   workers N                            brings at least so many, and waits for them
#   same                                 a line for the head and each worker: its name, SHA-256 of its gridmill, version
#   status                               what there is, a word and its value a line
#   stop                                 jobs end in order, all workers go home
# WORK is a folder below the one that all machines see, JOB a name.
set -euo pipefail
shared=${GRIDMILL_SHARED:-/shared}
lib=${GRIDMILL_STATE:-/var/lib/gridmill}

fail() {
  echo "$1" >&2
  exit 1
}

ready() {
  if [[ -e ${GRIDMILL_READY:-/var/lib/gridmill-ready} ]]; then echo ready; fi
}

turn() {
  local job=$shared/$1/.gridmill/$2
  mkdir -p "$job"
  cat "$job"/inputs{,.before} 2>/dev/null >"$job/inputs.all" || true # a turn may have been cut short
  mv "$job/inputs.all" "$job/inputs.before"
  : >"$job/inputs"
}

prune() {
  local work=$shared/$1 job=$shared/$1/.gridmill/$2 path
  while IFS= read -r path; do
    grep -qxF -e "$path" "$job/inputs" || rm -f "$work/$path"
  done <"$job/inputs.before"
  rm "$job/inputs.before"
}

fetch() {
  local work=$shared/$1 job=$shared/$1/.gridmill/$2 bucket=$3 sha path kept
  shift 3
  mkdir -p "$shared/data"
  while (($# > 0)); do
    sha=$1 path=$work/$2
    echo "$2" >>"$job/inputs"
    shift 2
    kept=$shared/data/$sha
    if [[ ! -e $kept ]]; then
      aws s3 cp --no-progress "s3://$bucket/staging/$sha" "$kept.$$" >/dev/null || fail "the head cannot read s3://$bucket/staging/$sha"
      echo "$sha  $kept.$$" | sha256sum --check --strict --status || fail "s3://$bucket/staging/$sha holds other bytes than were sent"
      mv "$kept.$$" "$kept"
    fi
    mkdir -p "$(dirname "$path")"
    [[ $path -ef $kept ]] || ln -f "$kept" "$path"
  done
}

# The job itself. The list of hosts is made anew while it works, so that it finds machines that have come later.
work() {
  local job=$1 workers=$2 code keeper
  shift 2
  echo "$BASHPID" >"$job/pid"
  code=1
  if gridmill-workers "$workers" "$job/hosts" 9>&- >&2; then
    while sleep "${GRIDMILL_PAUSE:-20}"; do
      if gridmill-hosts >"$job/hosts.new" 2>/dev/null; then mv "$job/hosts.new" "$job/hosts"; fi
    done 9>&- >/dev/null 2>&1 &
    keeper=$!
    code=0
    gridmill "$@" --hosts "$job/hosts" 9>&- || code=$?
    kill "$keeper"
  fi
  if [[ -e $job/stop ]]; then code=75; fi # it was asked to while it waited for workers
  echo "$code" >"$job/code.new"
  mv "$job/code.new" "$job/code"
}

start() {
  local job=$shared/$1/.gridmill/$2 workers=$3 key=$4
  cd "$shared/$1"
  shift 4
  mkdir -p "$job"
  exec 9>"$job/lock"
  flock -n 9 || fail "this job is at work already"
  rm -f "$job"/{code,seen,pid,out,errors,stop}
  : >"$job/out"
  : >"$job/errors"
  echo "$key" >"$job/key"
  set +e
  (
    trap '' HUP
    work "$job" "$workers" "$@"
  ) </dev/null >>"$job/out" 2>>"$job/errors" &
  exec 9>&-
  until [[ -s $job/pid ]]; do sleep 0.05; done
}

is_running() { # JOB: who works holds the lock
  [[ -e $1/lock ]] && ! flock -n "$1/lock" true
}

state() {
  local job=$shared/$1/.gridmill/$2
  if is_running "$job"; then
    echo "running $(cat "$job/key")"
  elif [[ -e $job/pid ]]; then
    echo "ended $(cat "$job/code" 2>/dev/null || echo lost) $([[ -e $job/seen ]] && echo seen || echo unseen) $(cat "$job/key")"
  else
    echo none
  fi
}

follow() {
  local job=$shared/$1/.gridmill/$2 pid
  pid=$(cat "$job/pid")
  tail -c "+$(($3 + 1))" --pid="$pid" -s 0.2 -f "$job/out" &
  tail -c "+$(($4 + 1))" --pid="$pid" -s 0.2 -f "$job/errors" >&2 &
  wait
  [[ -e $job/code ]] || fail "the job has been ended from outside, or the head was stopped; what is finished is kept: the same command goes on"
  exit "$(cat "$job/code")"
}

seen() {
  touch "$shared/$1/.gridmill/$2/seen"
}

pack() {
  cd "$shared/$1"
  shift
  local path found=()
  for path in "$@"; do
    if [[ -e $path ]]; then found+=("$path"); fi
  done
  tar -cf - --exclude='.*.partial' --exclude='*.lock' "${found[@]+"${found[@]}"}" --files-from /dev/null
}

one_program() {
  echo "$1 $(sha256sum "$(command -v gridmill)" | cut -d' ' -f1) $(gridmill version)"
}

same() {
  one_program head
  local host
  while read -r host _; do
    # shellcheck disable=SC2016,SC2029  # expanded there; the name comes from here
    ssh -n -o BatchMode=yes -o ConnectTimeout=10 "$host" 'echo '"$host"' $(sha256sum "$(command -v gridmill)" | cut -d" " -f1) $(gridmill version)' 2>/dev/null ||
      echo "$host - does not answer"
  done < <(gridmill-hosts)
}

workers() {
  local hosts n=0
  if hosts=$(gridmill-hosts 2>/dev/null); then n=$(wc -l <<<"$hosts"); fi
  if ((n >= $1)); then # a job may be at work on more
    echo "$n workers are up"
  else
    gridmill-workers "$1" "$shared/hosts.txt"
  fi
}

status() {
  local job n=0
  echo "version $(gridmill version)"
  if hosts=$(gridmill-hosts 2>/dev/null); then n=$(wc -l <<<"$hosts"); fi
  echo "workers $n"
  if [[ -r $lib/spent ]]; then echo "spent_usd $(awk '{ printf "%.4f", $1 / 3600 / 1000000 }' "$lib/spent")"; fi
  echo "up_seconds $(cut -d. -f1 /proc/uptime)"
  for job in "$shared"/*/.gridmill/*/; do
    if [[ -e $job/pid ]]; then
      job=${job#"$shared/"}
      echo "job $(state "${job%%/*}" "$(basename "$job")" | sed -E 's/^running .*/running/; s/^(ended [^ ]*) .*/\1/') $(basename "$job")"
    fi
  done
}

stop() {
  local pid job
  for job in "$shared"/*/.gridmill/*/; do
    if is_running "$job" && pkill -TERM -P "$(cat "$job/pid")" -f gridmill-workers; then
      touch "$job/stop"
      echo "a job that waits for workers is asked to stop"
    fi
  done
  # shellcheck disable=SC2009  # pgrep does not tell parents
  for pid in $(ps -u "$(id -u)" -o pid=,ppid=,comm= | awk '
    { parent[$1] = $2; name[$1] = $3 }
    END { for (pid in name) if (name[pid] == "gridmill" && name[parent[pid]] !~ /^(gridmill|mpirun|orterun|orted)$/) print pid }'); do
    kill -USR1 "$pid" 2>/dev/null || true
    echo "a job is asked to stop; what it has done is kept"
  done
  gridmill-workers 0
}

"$@"
