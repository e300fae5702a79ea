#!/usr/bin/env bash
# hosts.sh - N small "hosts" on this one machine: each has its own network, host name,
# pid space, /dev/shm and sshd, so multi-host mpirun, node loss and network cuts can be tested.
#
#   needs root and: apt-get install -y --no-install-recommends iproute2 openssh-server openssh-client
#   ./hosts.sh start [N]           # node1..nodeN (default 4) = 10.203.0.1.., and "head" = 10.203.0.100
#   ./hosts.sh exec head mpirun --hostfile "$(./hosts.sh hostfile 2)" hostname
#   ./hosts.sh exec head ssh node2 hostname      # plain ssh works between all hosts
#   ./hosts.sh kill node3          # SIGKILL every process there (sockets are closed: peers get FIN/RST)
#   ./hosts.sh cut node3           # pull the cable (peers get nothing at all); "mend" undoes it
#   ./hosts.sh revive node3        # a host again after kill
#   ./hosts.sh stop
#
# Nothing is added to the machine's own network: the bridge sits in a namespace of its own, and the
# hosts can reach only each other. The file system is shared (like NFS). Start and stop are idempotent.
set -euo pipefail
D=${NETNS_HOSTS_DIR:-/run/gridmill-hosts}; P=${NETNS_HOSTS_PREFIX:-lab}; NET=${NETNS_HOSTS_NET:-10.203.0}
SLOTS=${NETNS_HOSTS_SLOTS:-2}
addr() { case $1 in head) echo "$NET.100" ;; node*) echo "$NET.${1#node}" ;; *) echo "no host $1" >&2; exit 2 ;; esac; }
pid() { pgrep -P "$(cat "$D/$1.pid")" | head -1; } # pid 1 of the host, seen from outside
up() { [ -e "$D/$1.pid" ] && kill -0 "$(cat "$D/$1.pid")" 2>/dev/null; }
host_init() { # runs as pid 1 of the host
  hostname "$1"; mount --bind "$D/hosts" /etc/hosts; mount --bind "$D/ssh_config" /etc/ssh/ssh_config
  mount -t tmpfs tmpfs /sys/fs/cgroup; mount -t tmpfs tmpfs /dev/shm
  mount -t tmpfs -o mode=755 tmpfs /run/sshd
  # shellcheck source=/dev/null  # what else a test wants of a host
  [ -z "${NETNS_HOSTS_INIT:-}" ] || . "$NETNS_HOSTS_INIT"
  /usr/sbin/sshd -D -f "$D/sshd_config" -E "$D/$1.sshd.log" &
  # What the user's shell does on each login (it may wait for a lock) is no part of a test.
  [ ! -e ~/.bashrc ] || mount --bind /dev/null ~/.bashrc
  touch "$D/$1.ready"
  while :; do wait; sleep 1; done
}
boot() { # host: start its pid 1
  up "$1" && return 0
  rm -f "$D/$1.ready"
  setsid nsenter --net="/run/netns/$P-$1" unshare --uts --mount --ipc --pid --fork --kill-child --mount-proc \
    "$0" __init "$1" </dev/null >"$D/$1.log" 2>&1 &
  echo $! >"$D/$1.pid"
  for _ in $(seq 1000); do [ -e "$D/$1.ready" ] && return 0; sleep 0.05; done
  echo "$1 did not start:" >&2; cat "$D/$1.log" >&2; return 1
}
wire() { # host: namespace + cable
  ip netns list | grep -qw "$P-$1" && return 0
  ip netns add "$P-$1"
  ip -n "$P-sw" link add "p-$1" type veth peer name eth0 netns "$P-$1"
  ip -n "$P-sw" link set "p-$1" master br0 up
  ip -n "$P-$1" link set lo up; ip -n "$P-$1" link set eth0 up
  ip -n "$P-$1" addr add "$(addr "$1")/24" dev eth0
}
start() {
  local n=${1:-4} i h
  mkdir -p "$D" /run/sshd; chmod 755 "$D"
  [ -e "$D/id" ] || ssh-keygen -q -t ed25519 -N '' -C gridmill-hosts -f "$D/id"
  [ -e "$D/hostkey" ] || ssh-keygen -q -t ed25519 -N '' -f "$D/hostkey"
  printf '%s\n' "HostKey $D/hostkey" "AuthorizedKeysFile $D/id.pub" 'PermitRootLogin prohibit-password' 'UsePAM no' \
    'StrictModes no' 'PidFile none' 'PasswordAuthentication no' 'MaxStartups 100' "SetEnv PATH=$PATH ${NETNS_HOSTS_SETENV:-}" >"$D/sshd_config"
  printf '%s\n' 'Host *' " IdentityFile $D/id" ' StrictHostKeyChecking no' ' UserKnownHostsFile /dev/null' \
    ' LogLevel ERROR' ' ConnectTimeout 5' >"$D/ssh_config"
  { echo "127.0.0.1 localhost"; echo "$(addr head) head"; for i in $(seq "$n"); do echo "$(addr "node$i") node$i"; done; } >"$D/hosts"
  ip netns list | grep -qw "$P-sw" || { ip netns add "$P-sw"; ip -n "$P-sw" link add br0 type bridge; ip -n "$P-sw" link set br0 up; }
  for h in head $(seq -f 'node%g' "$n"); do wire "$h"; boot "$h"; done
  hosts >"$D/names"
}
hosts() { awk '$2 ~ /^node/ {print $2}' "$D/hosts"; }
kill_host() { up "$1" && { kill -9 "$(pid "$1")" "$(cat "$D/$1.pid")" 2>/dev/null || true; }; rm -f "$D/$1.pid"; }
stop() {
  local h ns
  [ -d "$D" ] || return 0
  for h in head $(hosts); do kill_host "$h"; done
  for ns in $(ip netns list | awk -v p="^$P-" '$1 ~ p {print $1}'); do ip netns del "$ns"; done
  rm -rf "$D"
}
enter() { # host cmd...: run inside
  local h=$1; shift
  up "$h" || { echo "$h is down" >&2; exit 1; }
  exec nsenter -t "$(pid "$h")" --net --uts --mount --ipc --pid --wd="$PWD" -- "$@"
}
case ${1:-} in
  start) start "${2:-4}" ;;
  stop) stop ;;
  exec) shift; enter "$@" ;;
  kill) kill_host "$2" ;;
  revive) boot "$2" ;;
  cut) ip -n "$P-sw" link set "p-$2" down ;;
  mend) ip -n "$P-sw" link set "p-$2" up ;;
  addr) addr "$2" ;;
  pid) pid "$2" ;;
  list) hosts ;;
  hostfile) f=$D/hostfile.${2:-$SLOTS}; hosts | sed "s/\$/ slots=${2:-$SLOTS}/" >"$f"; echo "$f" ;;
  __init) host_init "$2" ;;
  *) sed -n '2,19p' "$0"; exit 2 ;;
esac
