#!/usr/bin/env bash
# Runs a script in the guest: run-guest.sh [OPTION...] SCRIPT [ARGUMENT...]
#
#   -d DRIVE         iscsi://127.0.0.1:PORT/TARGET-NAME/0 on this machine, /dev/sr0 in the guest (may be repeated)
#   -i kernel|qemu   who logs in to it: the guest's kernel (default) or QEMU
#   -f FILE          put FILE into the guest's /root, where the script runs (may be repeated)
#   -p PROGRAM       put a program of this machine into the guest, with its libraries (may be repeated)
#   -o FOLDER        fetch what the script left in /out
#   -t SECONDS       end the script after that time (default 300)
# The status is the script's; 124 if time ran out, 125 if the guest did not answer or never came up.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2; }
drives=() files=() programs=() out='' seconds=300
while getopts d:i:f:p:o:t: option; do
    case $option in
    d) drives+=("$OPTARG") ;;
    i) VM_INITIATOR=$OPTARG ;;
    f) files+=("$OPTARG") ;;
    p) programs+=("$OPTARG") ;;
    o) out=$OPTARG ;;
    t) seconds=$OPTARG ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage
script=$1
shift

"$here/build-guest.sh" "${VM_FOLDER:-$here/../../target/vm}"
. "$here/guest.sh"
trap guest_off EXIT
guest_brings "$script" /root/script
for file in "${files[@]}"; do guest_brings "$file"; done
for program in "${programs[@]}"; do guest_brings_program "$program"; done
guest_boot "${drives[@]}" || exit 125
status=0
guest "$seconds" "mkdir -p /out; sh /root/script$(printf " '%s'" "$@")" || status=$?
if [ -n "$out" ]; then
    mkdir -p "$out"
    guest 60 tar -c -C /out . | tar -x -C "$out"
fi
exit $status
