#!/usr/bin/env bash
# A burn of what well-known tools made: an ISO by genisoimage and sound by sox, as mixed mode and as two
# sessions, ripped through the simulated drive and held against the files byte for byte; isoinfo lists the
# ISO that came back. Needs genisoimage (with isoinfo) and sox; says so and fails where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in genisoimage isoinfo sox; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install genisoimage sox"; exit 2; }
done
cargo build --quiet --release --locked -p rawcd-cli
rawcd=$PWD/${CARGO_TARGET_DIR:-target}/release/rawcd
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir tree
seq 1 200000 >tree/numbers.txt
genisoimage -quiet -R -V RAWCD -o data.iso tree
sox -n -r 44100 -c 2 -b 16 one.wav synth 7 sine 440
sox -n -r 44100 -c 2 -b 16 two.wav synth 9.3 sine 300
# 16 bits, two channels, little end first: what a player hears, and what a BIN file holds.
sox one.wav -t raw one.pcm
sox two.wav -t raw two.pcm

same_start() { # file, longer file, bytes to skip of the longer one
    cmp -n "$(stat -c %s "$1")" "$1" "$2" 0 "$3"
}

echo "== mixed mode"
cat >mixed.cue <<'CUE'
CATALOG 0012345678905
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
FILE "one.wav" WAVE
  TRACK 02 AUDIO
    ISRC DEA400000001
    PREGAP 00:02:00
    INDEX 01 00:00:00
FILE "two.wav" WAVE
  TRACK 03 AUDIO
    INDEX 01 00:00:00
CUE
"$rawcd" disc new mixed.disc
"$rawcd" burn mixed.cue --disc mixed.disc
"$rawcd" disc show mixed.disc --width 60
"$rawcd" lint mixed.disc
"$rawcd" rip mixed.iso --disc mixed.disc
cmp data.iso mixed.iso
isoinfo -f -R -i mixed.iso | grep -qx /numbers.txt
isoinfo -R -i mixed.iso -x /numbers.txt | cmp - tree/numbers.txt
"$rawcd" rip mixed-rip.cue --disc mixed.disc
grep -q 'DEA400000001' mixed-rip.cue
data=$(($(stat -c %s data.iso) / 2048 * 2352))
pause=$((150 * 2352))
one=$((($(stat -c %s one.pcm) + 2351) / 2352 * 2352))
same_start one.pcm mixed-rip.bin $((data + pause))
same_start two.pcm mixed-rip.bin $((data + pause + one))

echo "== two sessions"
cat >sound.cue <<'CUE'
FILE "one.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
FILE "two.wav" WAVE
  TRACK 02 AUDIO
    INDEX 01 00:00:00
CUE
"$rawcd" disc new two.disc
"$rawcd" burn sound.cue --disc two.disc --appendable
"$rawcd" burn data.iso --disc two.disc --policy appendable
"$rawcd" disc show two.disc --width 60
"$rawcd" lint two.disc
"$rawcd" rip second.iso --disc two.disc --session 2
cmp data.iso second.iso
isoinfo -f -R -i second.iso | grep -qx /numbers.txt
"$rawcd" rip first.cue --disc two.disc --session 1
same_start one.pcm first.bin 0
same_start two.pcm first.bin "$one"

echo "== in and out again"
"$rawcd" disc export mixed.disc again.ccd
"$rawcd" disc import again.ccd again.disc
"$rawcd" disc export again.disc again.iso
cmp data.iso again.iso
echo "all as it was"
