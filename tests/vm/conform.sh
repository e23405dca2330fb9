#!/usr/bin/env bash
# The suite on a drive that only the kernel knows: conform.sh
#
# In the guest `rawcd conform` has /dev/sr0 with a blank CD-R in it and /dev/sg1 with a blank CD-RW, by the kernel's own
# SG_IO, and may do all that its owner can allow. Each of its cases must end as on the simulated drive in process; what
# does not is named. RAWCD names the program to test.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
"$here/build-guest.sh" "${VM_FOLDER:-$root/target/vm}"
. "$here/guest.sh"
. "$here/serve.sh"
cd "$root"

serve --medium blank-cdr-80
serve --medium blank-cdrw-80
guest_brings_program "$rawcd"
guest_brings "$root/fixtures" /root/fixtures
guest_boot "${drives[@]}"

failures=0
suite() { # medium, the node of its drive in the guest, tier
    local id conform
    conform="conform --allow $3 --format json"
    id=$("$rawcd" $conform --device "sim:$1" --plan | sed -n 's/^Its id *//p')
    "$rawcd" $conform --device "sim:$1" --disc-id "$id" --output "$work/here.json" 2>"$work/said" || cat "$work/said"
    guest 400 rawcd $conform --device "$2" --disc-id "$id" --output there.json >"$work/said" 2>&1 || cat "$work/said"
    guest 60 cat there.json >"$work/there.json"
    # They differ in the name of the device.
    sed -i '/^  "device": /d' "$work/here.json" "$work/there.json"
    if diff -U 0 -F '"id"' "$work/here.json" "$work/there.json" >"$work/differences"; then
        echo "$2, $1, $3: $(grep -c '"status": "passed"' "$work/there.json") cases pass, and all end as in process"
    else
        echo "$2, $1, $3: FAILED: cases end otherwise than in process"
        head -n 60 "$work/differences"
        failures=$((failures + 1))
    fi
}
suite blank-cdr-80 /dev/sr0 consumes_blank
suite blank-cdrw-80 /dev/sg1 rewritable
exit $failures
