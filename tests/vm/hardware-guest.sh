# In the guest: the suite on each drive, all at once. Of hardware.sh, which says what is in /root/runs.
# The suite knows its fixtures by the place where it was built.
mkdir -p "$1"
ln -sfn /root/fixtures "$1/fixtures"
while read -r name drive node _ allow disc cases; do
    if [ "$node" = sg ]; then
        drive=$(ls "/sys/block/$drive/device/scsi_generic")
    fi
    (
        export RAWCD_DEVICE="/dev/$drive" RAWCD_HW_ALLOW="${allow#-}" RAWCD_HW_DISC="${disc#-}"
        conformance "$cases" >"/out/$name" 2>"/out/$name.end"
        status=$?
        read -r up _ </proc/uptime
        echo "$name on /dev/$drive: status $status after ${up}s"
    ) &
done </root/runs
wait
dmesg >/out/dmesg
