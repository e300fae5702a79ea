# shellcheck shell=bash
# Sourced by the other scripts: steps that say what they do and how long they took, and how much this machine can
# build at once.
set -euo pipefail

# step TITLE COMMAND...: runs the command with its output in a log. A terminal sees the log's last line change in
# place. If the command fails, the end of the log is shown and the script ends with its exit code.
step() {
  local title=$1 started=$SECONDS log status=0
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/gridmill-step.XXXXXX.log")
  printf '==> %s\n' "$title"
  if [[ -t 1 ]]; then
    "$@" 2>&1 </dev/null | tee "$log" | show_last_line || status=${PIPESTATUS[0]}
  else
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    printf '%s: failed: %s (exit code %d, whole output in %s)\n' "${0##*/}" "$title" "$status" "$log" >&2
    exit "$status"
  fi
  rm -f "$log"
  printf '    done in %d s\n' $((SECONDS - started))
}

show_last_line() {
  local line width
  width=$(($(tput cols 2>/dev/null || echo 80) - 6))
  while IFS= read -r line; do
    line=${line//[$'\r\t\e']/ }
    printf '\r\e[K    %s' "${line:0:width}"
  done
  printf '\r\e[K'
}

# build_jobs: prints how many compilers may run at once: one a core, and 1.8 GiB of memory for each.
build_jobs() {
  local available limit used
  available=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)  # [MiB]
  if read -r limit 2>/dev/null </sys/fs/cgroup/memory.max && [[ $limit != max ]]; then
    read -r used </sys/fs/cgroup/memory.current
    limit=$(((limit - used) / 1048576))
    ((limit >= available)) || available=$limit
  fi
  local jobs=$((available / 1843)) cores
  cores=$(nproc)
  ((jobs <= cores)) || jobs=$cores
  ((jobs >= 1)) || jobs=1
  echo "$jobs"
}
