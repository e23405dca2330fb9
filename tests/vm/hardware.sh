#!/usr/bin/env bash
# The suite of the feature `hw`, in the guest, through its kernel's SG_IO: hardware.sh [RUN...]
#
# A RUN is MEDIUM:TIER:NODE or MEDIUM:TIER:NODE:CASES, NODE being sr or sg, and CASES a part of their names; without
# any, those below. Each has a drive of its own, a `rawcd serve`
# on this machine that the guest's kernel logs in to, and runs in the guest what `cargo test --features hw` runs. The
# same suite then runs on this machine on a simulated drive in its own process, and case by case the two must
# have said the same: passed, failed, or ignored with the same reason. hardware-differences.txt lists where they do
# not, with the reason; an entry that is true no more is an error.
#
# HARDWARE_OUT    keep what the runs said there
# VM_ACCEL, VM_FOLDER   as in guest.sh
# Status: 0 as expected, 1 an unexpected difference, 2 nothing to run it with.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
runs=("$@")
[ $# -gt 0 ] || runs=(
    blank-cdrw-80:rewritable:sr:write/
    blank-cdrw-80:rewritable:sg:blank/
    blank-cdr-80:consumes_blank:sr:close/
    blank-cdr-80:consumes_blank:sg
    finalised-cdr-data:read_only:sr
    pressed-audio:read_only:sg
)
# What a run may take in the guest, without KVM and with all of them at once.
seconds=420
for tool in qemu-system-x86_64 cargo; do
    command -v "$tool" >/dev/null || { echo "hardware: $tool is missing"; exit 2; }
done

started=$SECONDS
"$here/build-guest.sh" "${VM_FOLDER:-$root/target/vm}"
# Its place is in cargo's own words: the name has a number in it, and the folder may be anywhere.
built() { cargo "$@" --release --locked --message-format json-render-diagnostics --manifest-path "$root/Cargo.toml" |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1; }
rawcd=$(built build --bin rawcd)
suite=$(built test --features hw --test conformance --no-run)
echo "built in $((SECONDS - started)) s"

work=$(mktemp -d)
servers=()
end() {
    [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null || true
    [ -z "${HARDWARE_OUT:-}" ] || { mkdir -p "$HARDWARE_OUT" && cp -r "$work"/. "$HARDWARE_OUT"; }
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM
cp "$suite" "$work/conformance"
strip "$work/conformance" 2>/dev/null || true

# A line a run: its name, drive, node, medium, tiers, the disc, the cases.
drives=()
number=0
cd "$root"
for run in "${runs[@]}"; do
    IFS=: read -r medium tier node cases <<<"$run"
    allow='' disc=''
    if [ "$tier" != read_only ]; then
        allow=$tier
        disc=$("$rawcd" conform --device "sim:$medium" --plan --allow "$tier" | awk '/^Its id/ { print $3 }')
    fi
    echo "$medium-$node sr$number $node $medium ${allow:--} ${disc:--} hw/$cases" >>"$work/runs"
    timeout 1200 "$rawcd" serve --listen 127.0.0.1:0 --name "iqn.2026-11.test.hardware:drive$number" \
        --control "hardware-$$-$number" --medium "$medium" >"$work/serve$number" 2>&1 &
    servers+=($!)
    number=$((number + 1))
done
for ((n = 0; n < number; n++)); do
    for ((tries = 0; tries < 100; tries++)); do
        grep -q '^Linux' "$work/serve$n" && break
        kill -0 "${servers[$n]}" 2>/dev/null || break
        sleep 0.1
    done
    url=$(grep -o 'iscsi://[^ ]*/0' "$work/serve$n" | head -1) || { cat "$work/serve$n"; exit 2; }
    drives+=(-d "$url")
done

# In process, while the guest boots.
(
    while read -r name _ _ medium allow disc cases; do
        RAWCD_DEVICE=sim:$medium RAWCD_HW_ALLOW=${allow#-} RAWCD_HW_DISC=${disc#-} \
            timeout "$seconds" "$work/conformance" "$cases" >"$work/$name.in-process" 2>"$work/$name.in-process.end" || true
    done <"$work/runs"
) &
in_process=$!

started=$SECONDS
VM_CPUS=${VM_CPUS:-2} VM_MEMORY=${VM_MEMORY:-2048} "$here/run-guest.sh" "${drives[@]}" -p "$work/conformance" \
    -f "$work/runs" -f "$root/fixtures" -o "$work/guest" -t "$seconds" "$here/hardware-guest.sh" "$root" || {
    echo "hardware: the guest ended with status $? after $((SECONDS - started)) s"
    # What there is of verdicts is compared all the same: a run that did not end differs.
}
wait "$in_process" || true
echo "ran in $((SECONDS - started)) s"

# CASE VERDICT, a line each; and what is in the drive in the end.
verdicts() {
    sed -n 's/^test hw\/\([^ ]*\)  *\.\.\. \(.*\)$/\1 \2/p' "$1"
    sed -n 's/.*\(In the drive is .*\)/the-disc-in-the-end \1/p' "$1.end"
}
verdict=0
printf '\n%-24s %-6s %-16s %7s %7s %8s %8s %6s\n' medium node tier passed failed ignored differs known
while read -r name _ node medium allow _ cases; do
    mkdir -p "$work/guest"
    touch "$work/guest/$name" "$work/guest/$name.end"
    verdicts "$work/$name.in-process" | LC_ALL=C sort >"$work/expected"
    verdicts "$work/guest/$name" | LC_ALL=C sort >"$work/seen"
    LC_ALL=C join -a 1 -a 2 -t $'\t' -e missing -o 0,1.2,2.2 <(sed 's/ /\t/' "$work/expected") \
        <(sed 's/ /\t/' "$work/seen") | awk -F '\t' '$2 != $3' >"$work/differences"
    sed 's/#.*//' "$here/hardware-differences.txt" | awk -v medium="$medium" -v cases="${cases#hw/}" \
        '$1 == medium && index($2, cases) { print $2 "\t" $3 }' |
        LC_ALL=C sort >"$work/known"
    awk -F '\t' '{ split($3, verdict, " "); print $1 "\t" verdict[1] }' "$work/differences" | LC_ALL=C sort >"$work/differ"
    LC_ALL=C comm -13 "$work/known" "$work/differ" >"$work/unexpected"
    LC_ALL=C comm -23 "$work/known" "$work/differ" >"$work/stale"
    count() { grep -c "$1" "$work/seen" || true; }
    printf '%-24s %-6s %-16s %7s %7s %8s %8s %6s\n' "$medium" "$node" "${allow/#-/read_only}" "$(count ' ok$')" \
        "$(count ' FAILED$')" "$(count ' ignored')" "$(wc -l <"$work/unexpected")" "$(wc -l <"$work/known")"
    if ! grep -q ' ok$' "$work/expected"; then
        echo "  in process nothing passed:"
        tail -5 "$work/$name.in-process" "$work/$name.in-process.end" | sed 's/^/    /'
        verdict=1
    fi
    while IFS=$'\t' read -r case seen; do
        verdict=1
        expected=$(awk -F '\t' -v case="$case" '$1 == case { print $2 }' "$work/differences")
        echo "  $case: in the guest $seen; in process $expected"
        awk -v head="---- hw/$case ----" '$0 == head { on = 1; next } /^---- / { on = 0 } on' "$work/guest/$name" |
            sed 's/^/    /' | head -30
    done < <(head -20 "$work/unexpected")
    while IFS=$'\t' read -r case seen; do
        verdict=1
        echo "  $case: listed in hardware-differences.txt as $seen, and is not"
    done <"$work/stale"
done <"$work/runs"
exit $verdict
