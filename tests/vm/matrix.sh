#!/usr/bin/env bash
# Programs that nobody here wrote burn and read simulated discs in a virtual machine: matrix.sh [--write] [ROWS]
#
# Prints a table programs x operations x result and fails where a row is not as expected, or where the table is not
# the one in README.md, which --write replaces. ROWS is a pattern for "program operation": only those rows run, and no
# table is compared. Each burn gets a fresh disc file; afterwards the file is judged outside the guest: `rawcd lint`
# has nothing to complain of, and what was burnt is on it byte for byte. RAWCD names the program to test.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
write='' wanted=''
[ "${1:-}" = --write ] && write=yes && shift
wanted=${1:-}
"$here/build-guest.sh" "${VM_FOLDER:-$root/target/vm}"
. "$here/guest.sh"
. "$here/serve.sh"
cd "$work"
serve --personality reference
drive=0
ctl() { "$rawcd" ctl --socket "${sockets[$drive]}" "$@" >ctl 2>&1; }

# ---- What is burnt: made here, the same each time.

wave() { # file, seconds, first number
    local bytes=$(($2 * 176400))
    seq "$3" $(($3 + bytes / 7)) >"$1.pcm"
    truncate -s "$bytes" "$1.pcm"
    { # The header of a WAV file: 44100 Hz, two channels of 16 bits.
        printf 'RIFF'; word $((bytes + 36)); printf 'WAVEfmt '; word 16
        printf '\1\0\2\0'; word 44100; word 176400; printf '\4\0\20\0data'; word "$bytes"
        cat "$1.pcm"
    } >"$1.wav"
}
word() { local hex; hex=$(printf %08x "$1"); printf "\\x${hex:6:2}\\x${hex:4:2}\\x${hex:2:2}\\x${hex:0:2}"; }
wave one 7 100000
wave two 9 500000
cat one.pcm two.pcm >both.pcm
printf 'CD_DA\nTRACK AUDIO\nAUDIOFILE "one.wav" 0\nTRACK AUDIO\nAUDIOFILE "two.wav" 0\n' >audio.toc
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "data.iso"\n' >data.toc
for file in one.wav two.wav audio.toc data.toc; do guest_brings "$file"; done

guest_boot "${drives[@]}"
guest 60 'mkdir -p tree more && seq 1 150000 >tree/numbers.txt && seq 1 90000 >more/further.txt &&
    genisoimage -quiet -R -V RAWCD -o data.iso tree' | tr '\n' ' '
guest 30 'cat data.iso' >data.iso

# ---- Rows.

failures=0
: >table
row() { # program, operation, why it failed or nothing
    local result='as expected' why
    if [ -n "$3" ]; then
        why=$(known "$1" "$2" "$3")
        if [ -n "$why" ]; then result="known: $why"; else result="FAILED: $3"; failures=$((failures + 1)); fi
    elif grep -q "^$1 | $2 |" "$here/known.txt"; then
        result='FAILED: passes, and known.txt says that it does not'
        failures=$((failures + 1))
    fi
    printf '| %s | %s | %s |\n' "$1" "$2" "$result" | tee -a table
    case $result in FAILED*) sed 's/^/    /' said | tail -n 12 | cut -c1-150; grep -a -vE ' GET EVENT|TEST UNIT READY.*GOOD' "trace-$drive" | tail -n ${TRACE:-12} ;; esac
}
known() {
    local program operation pattern why
    while IFS='|' read -r program operation pattern why; do
        if [ "$program|$operation" = "$1 | $2 " ] && grep -qE "$(trim "$pattern")" <<<"$3"; then trim "$why"; fi
    done < <(grep -v '^#' "$here/known.txt")
}
trim() { sed 's/^ *//; s/ *$//' <<<"$1"; }
skipped() { [ -n "$wanted" ] && ! grep -qE -- "$wanted" <<<"$1 $2"; }

# Runs a program in the guest; what it says is in `said`. Prints why it failed, or nothing.
runs() { # command
    local status=0
    guest 120 "$1" >said 2>&1 || status=$?
    [ $status = 0 ] || echo "status $status: $(grep -m1 -iE 'error|bad |fail|cannot|unable|no such' said || tail -n 1 said)"
}

says() { # program, operation, pattern, command
    skipped "$1" "$2" && return
    local why
    why=$(runs "$4")
    [ -n "$why" ] || grep -qE "$3" said || why="does not say '$3'"
    row "$1" "$2" "$why"
}

burns() { # program, operation, what must be on the disc, command
    skipped "$1" "$2" && return
    local why
    why=$(runs "$4")
    row "$1" "$2" "${why:-$(judge "$3")}"
}

disc() { # kind
    # The disc of the row before, if there is one.
    ctl eject --force || true
    "$rawcd" disc new --force --kind "$1" "disc-$drive" >said
    insert || { cat ctl; exit 1; }
}
# The kernel forgets the old disc when it is told of the new one, and only once that has spun up: who opens the drive
# before finds a disc of no blocks.
insert() { ctl insert "$work/disc-$drive" && guest 30 "until sg_turs /dev/sr$drive; do sleep 0.1; done" >said 2>&1; }

# Takes the disc out and looks at its file; prints what is wrong, in a line.
judge() { # what must be on it: data, audio, second for a second session, blank
    {
        ctl eject --force || cat ctl
        "$rawcd" lint "disc-$drive" >said 2>&1 || grep -E '^(error|warning)' said
        for what in $1; do
            case $what in
            data) image iso 1 && starts data.iso image.iso ;;
            second) image iso 2 && guest 30 'cat second.iso' >second.iso && starts second.iso image.iso ;;
            audio) image cue 1 && starts both.pcm image.bin ;;
            blank) "$rawcd" disc show "disc-$drive" >said && { grep -q ', blank' said || head -n 1 said; } ;;
            esac
        done
        insert || cat ctl
    } | paste -sd ';'
}
image() { # kind, session
    rm -f image.*
    "$rawcd" disc export "disc-$drive" "image.$1" --session "$2" >said 2>&1 || { echo "cannot be exported: $(tail -1 said)"; return 1; }
}
# After a track written at once its two run-out blocks follow, and padding where a program pads.
starts() { cmp -s -n "$(stat -c %s "$1")" "$1" "$2" || echo "$1 is not on the disc"; }

. "$here/rows.sh"

# ---- The end.

echo
if [ $failures -gt 0 ]; then
    echo "$failures rows are not as expected"
    exit 1
fi
[ -z "$wanted" ] || exit 0
{ printf '| program | operation | result |\n|---|---|---|\n'; cat table; } >whole
if [ -n "$write" ]; then
    sed -i -e '/^| program | operation/,/^$/{/^|/d}' -e '/^<!-- matrix -->$/r whole' "$here/README.md"
elif ! sed -n '/^| program | operation/,/^$/{/^|/p}' "$here/README.md" | diff - whole; then
    echo "README.md has another table: matrix.sh --write"
    exit 1
fi
echo "all rows are as expected"
