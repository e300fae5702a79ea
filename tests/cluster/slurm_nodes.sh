#!/usr/bin/env bash
# slurm_nodes.sh - a real multi-node Slurm on this one machine, for tests (up in about 2 s).
#
#   needs root, hosts.sh beside it, and:
#   apt-get install -y --no-install-recommends slurm-wlm slurm-wlm-basic-plugins munge openssh-server iproute2
#   ./slurm_nodes.sh start [N]            # node1..nodeN (default 4), 4 CPUs each, partition "spot"
#   ./slurm_nodes.sh run sinfo            # any command on the head host (sbatch, srun, scontrol, mpirun..)
#   ./slurm_nodes.sh run sbatch --wait -N2 --ntasks-per-node=2 --wrap 'srun --mpi=pmix ./a.out'
#   ./slurm_nodes.sh run sbatch -N2 --ntasks-per-node=2 --wrap 'mpirun ./a.out'   # works too (as root: OMPI_ALLOW_RUN_AS_ROOT=1,
#                                         # OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1); poll squeue: --wait returns up to 10 s late
#   ./slurm_nodes.sh kill-node node2      # everything on it dies: a reclaimed spot node
#   ./slurm_nodes.sh start-node node2     # it comes back
#   ./hosts.sh cut node3            # off the network, still running ("mend" undoes it)
#   ./slurm_nodes.sh stop
#
# One slurmd in each network namespace made by hosts.sh: each node has its own host name,
# address, pid space and /dev/shm. (Several "slurmd -N nodeX" under one host name do start, but
# Open MPI then mistakes the nodes for one: shared-memory files collide and ranks crash.)
# Use --mpi=pmix; Debian's Open MPI 4.1.4 has no PMI-2 client. Everything is under $SLURM_LOCAL_DIR
# (default /tmp/gridmill-slurm): logs, state, its own munge key and socket. Idempotent start and stop.
set -euo pipefail
D=${SLURM_LOCAL_DIR:-/tmp/gridmill-slurm}; CPUS=${SLURM_LOCAL_CPUS:-4}
HOSTS=$(cd "$(dirname "$0")" && pwd)/hosts.sh
export SLURM_CONF=$D/slurm.conf PATH=$PATH:/usr/sbin:/sbin
on() { "$HOSTS" exec "$@"; }
alive() { kill -0 "$(cat "$1" 2>/dev/null)" 2>/dev/null; }
start_node() { # slurmd of one node (revives a killed host first)
  "$HOSTS" revive "$1"; rm -f "$D/slurmd.$1.pid"
  mkdir -p "$D/spool.$1" "$D/tmp.$1"; chmod 1777 "$D/tmp.$1"
  on "$1" slurmd -N "$1"
}
ready() { [ "$(on head sinfo -h -N -o %T 2>/dev/null | grep -cx idle)" = "$1" ]; }
start() {
  local n=${1:-4} i
  "$HOSTS" start "$n"
  if [ -e "$SLURM_CONF" ] && on head scontrol ping 2>/dev/null | grep -q UP; then on head sinfo; return; fi
  mkdir -p "$D/state" "$D/munge"; chmod 755 "$D"; chmod 711 "$D/munge"
  [ -s "$D/munge/key" ] || { head -c 128 /dev/urandom >"$D/munge/key"; chmod 400 "$D/munge/key"; }
  alive "$D/munge/pid" || munged --force --key-file="$D/munge/key" --socket="$D/munge/sock" \
    --pid-file="$D/munge/pid" --log-file="$D/munge/log" --seed-file="$D/munge/seed" 2>/dev/null
  cat >"$SLURM_CONF" <<C
ClusterName=local
SlurmctldHost=head($("$HOSTS" addr head))
SlurmUser=root
AuthInfo=socket=$D/munge/sock
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool.%n
TmpFS=$D/tmp.%n
SlurmctldPidFile=$D/slurmctld.pid
SlurmdPidFile=$D/slurmd.%n.pid
SlurmctldLogFile=$D/slurmctld.log
SlurmdLogFile=$D/slurmd.%n.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=pmix
JobRequeue=1
RequeueExit=75
ReturnToService=2
SlurmdTimeout=10
MessageTimeout=10
KillWait=5
BatchStartTimeout=5
SchedulerParameters=bf_interval=2
C
  echo 'CgroupPlugin=cgroup/v1' >"$D/cgroup.conf" # no detection, which fails where cgroups are not mounted
  for i in $(seq "$n"); do
    echo "NodeName=node$i NodeAddr=$("$HOSTS" addr "node$i") CPUs=$CPUS RealMemory=2000 State=UNKNOWN" >>"$SLURM_CONF"
  done
  echo "PartitionName=spot Nodes=node[1-$n] Default=YES MaxTime=60 State=UP" >>"$SLURM_CONF"
  on head slurmctld -c
  for i in $(seq "$n"); do start_node "node$i"; done
  for _ in $(seq 100); do ready "$n" && { on head sinfo; return; }; sleep 0.2; done
  echo "the nodes did not come up; see $D/*.log" >&2; on head sinfo >&2 || true; return 1
}
stop() {
  "$HOSTS" stop # every slurm process lives in a host
  if alive "$D/munge/pid"; then kill "$(cat "$D/munge/pid")"; fi
  rm -rf "$D"
}
case ${1:-} in
  start) start "${2:-4}" ;;
  stop) stop ;;
  run) shift; on head "$@" ;;
  kill-node) "$HOSTS" kill "$2" ;;
  start-node) start_node "$2" ;;
  *) sed -n '2,20p' "$0"; exit 2 ;;
esac
