# shellcheck shell=bash
# For scripts that work with a running guest; read it with `.`.
#
#   guest_brings FILE [PATH]      put FILE into the guest, by default as /root/NAME
#   guest_brings_program FILE     put a program of this machine into the guest, as a command, with its libraries
#   guest_boot DRIVE...           boot; each DRIVE is iscsi://127.0.0.1:PORT/TARGET-NAME/0, the first is /dev/sr0
#   guest SECONDS COMMAND...      run a line of shell in it; prints what it prints, and has its status
#   guest_off                     end it
#
# VM_INITIATOR   who logs in to the drives: kernel (the guest's, the default) or qemu
# VM_ACCEL       kvm, or tcg (the default: a /dev/kvm that opens may still hang the guest, where it is nested)
# VM_FOLDER      where build-guest.sh left the guest
# Nothing here waits for ever: the guest ends what takes longer than SECONDS (status 124), and what of the guest
# itself does not answer is given up shortly after (status 125).

vm_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
vm_folder=${VM_FOLDER:-$vm_here/../../target/vm}
vm_initiator=${VM_INITIATOR:-kernel}
vm_run=$(mktemp -d)
vm_pid=
mkdir -p "$vm_run/files/root" "$vm_run/files/etc"

guest_brings() {
    local path=${2:-/root/${1##*/}}
    mkdir -p "$vm_run/files/${path%/*}"
    cp -rL "$1" "$vm_run/files/$path"
}

guest_brings_program() {
    # With the loader it was linked for: this machine's C library may be newer than the guest's.
    local name=${1##*/} own=/opt/${1##*/} library
    guest_brings "$1" "$own/$name"
    for library in $(ldd "$1" | grep -o '/[^ ]*'); do
        guest_brings "$library" "$own/${library##*/}"
    done
    mkdir -p "$vm_run/files/usr/sbin"
    printf '#!/bin/sh\nexec %s/ld-linux-x86-64.so.2 --library-path %s %s/%s "$@"\n' "$own" "$own" "$own" "$name" \
        >"$vm_run/files/usr/sbin/$name"
    chmod +x "$vm_run/files/usr/sbin/$name"
}

guest_boot() {
    local drive portal targets='' devices=() number=0
    case $vm_initiator in
    kernel) devices=(-netdev "user,id=net,ipv6=off" -device "virtio-net-pci,netdev=net,romfile=") ;;
    qemu) devices=(-iscsi initiator-name=iqn.2026-11.test.guest:qemu -device virtio-scsi-pci,id=scsi) ;;
    *) echo "VM_INITIATOR=$vm_initiator: it is kernel or qemu" >&2; return 2 ;;
    esac
    for drive in "$@"; do
        portal=${drive#iscsi://}
        if [ "$vm_initiator" = kernel ]; then
            # 10.0.2.2 is this machine's loopback, seen from QEMU's user network.
            targets+=" 10.0.2.2,$(cut -d/ -f1 <<<"${portal#*:}"),$(cut -d/ -f2 <<<"$portal")"
        else
            devices+=(-drive "if=none,id=drive$number,file=$drive,format=raw,cache=none"
                      -device "scsi-block,drive=drive$number,bus=scsi.0")
        fi
        number=$((number + 1))
    done
    printf 'INITIATOR=%s\nDRIVES=%s\nTARGETS="%s"\n' "$vm_initiator" "$number" "$targets" >"$vm_run/files/etc/guest.conf"
    (cd "$vm_run/files" && find . -mindepth 1 | LC_ALL=C sort | "$vm_folder/busybox" cpio -o -H newc >"$vm_run/files.cpio")
    cat "$vm_folder/initrd.img" "$vm_run/files.cpio" >"$vm_run/initrd"
    mkfifo "$vm_run/door.in" "$vm_run/door.out"
    qemu-system-x86_64 -M pc -accel "${VM_ACCEL:-tcg}" -cpu max -smp "${VM_CPUS:-1}" -m "${VM_MEMORY:-768}" \
        -nodefaults -no-user-config -display none -monitor none -no-reboot \
        -kernel "$vm_folder/vmlinuz" -initrd "$vm_run/initrd" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check tsc=reliable random.trust_cpu=on" \
        -serial "file:$vm_run/console" -device virtio-serial-pci \
        -chardev "pipe,id=door,path=$vm_run/door" -device virtserialport,chardev=door,name=commands \
        "${devices[@]}" </dev/null >"$vm_run/qemu" 2>&1 &
    vm_pid=$!
    exec 7<>"$vm_run/door.in" 8<>"$vm_run/door.out"
    vm_answer 120 || { echo "the guest did not come up with $number drives" >&2; guest_log >&2; return 1; }
}

guest() {
    local seconds=$1
    shift
    local line=$*
    printf '%s %s\n' "$seconds" "${line//$'\n'/ }" >&7
    vm_answer $((seconds + 20))
}

guest_off() {
    [ -n "$vm_pid" ] && kill "$vm_pid" 2>/dev/null && wait "$vm_pid" 2>/dev/null
    rm -rf "$vm_run"
}

guest_log() {
    cat "$vm_run/qemu"
    tail -40 "$vm_run/console"
}

# The guest's answer: a line with status and length, then that many bytes.
vm_answer() {
    local status length waited=0
    until read -r -t 1 -u 8 status length; do
        waited=$((waited + 1))
        if [ $waited -ge "$1" ] || ! kill -0 "$vm_pid" 2>/dev/null; then
            echo "the guest does not answer" >&2
            return 125
        fi
    done
    head -c "$length" <&8
    return "$status"
}
