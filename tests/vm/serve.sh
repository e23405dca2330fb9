# shellcheck shell=bash
# Drives of `rawcd serve` for a guest; read it with `.`, after guest.sh.
#
#   serve OPTION...    start one; the first is /dev/sr0 and /dev/sg0 in the guest. `drives` has what guest_boot wants,
#                      `sockets` what `rawcd ctl` does
# RAWCD names the program to test. $work is a folder that is gone afterwards, as are servers and guest.

rawcd=${RAWCD:-$vm_here/../../${CARGO_TARGET_DIR:-target}/release/rawcd}
rawcd=$(realpath "$rawcd")
for program in "$rawcd" qemu-system-x86_64; do
    command -v "$program" >/dev/null || {
        echo "$program is missing: cargo build --release -p rawcd-cli; apt-get install qemu-system-x86"
        exit 2
    }
done
work=$(mktemp -d)
servers=() drives=() sockets=()
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done; guest_off; rm -rf "$work"' EXIT

serve() {
    local trace=$work/trace-${#servers[@]}
    : >"$trace"
    "$rawcd" serve --listen 127.0.0.1:0 --trace "$@" >"$trace" 2>&1 &
    servers+=($!)
    until grep -q '^Linux' "$trace"; do
        kill -0 $! || { cat "$trace"; exit 2; }
        sleep 0.05
    done
    drives+=("$(grep -o 'iscsi://[^ ]*/0$' "$trace")")
    sockets+=("$(sed -n 's/.*--socket \([^ ]*\) .*/\1/p' "$trace")")
}
