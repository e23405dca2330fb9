#!/usr/bin/env bash
# Makes the guest: build-guest.sh [FOLDER], by default target/vm. Leaves FOLDER/vmlinuz and FOLDER/initrd.img.
#
# Debian's kernel, busybox and the programs of guest/, from Debian's packages. They are fetched by apt and
# unpacked, not installed: no root needed, and nothing of this machine changes. What is there already is not
# made again unless the lists, the guest's init or this script changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../target/vm}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || { echo "build-guest: $tool is missing: the guest is made of Debian's packages"; exit 2; }
done
lines() { sed 's/#.*//; /^[[:space:]]*$/d' "$1"; }

key=$(cat "$here/build-guest.sh" "$here"/guest/* | sha256sum | cut -d' ' -f1)
if [ -f "$folder/initrd.img" ] && [ "$(cat "$folder/key" 2>/dev/null)" = "$key" ]; then
    exit 0
fi
rm -f "$folder/key"

# An empty list of what is installed makes apt fetch all that the packages need.
mkdir -p "$folder/packages/partial"
: >"$folder/installed"
mapfile -t packages < <(lines "$here/guest/packages.txt")
apt-get -qq -y -o Dir::State::status="$folder/installed" -o Dir::Cache::archives="$folder/packages" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=0 \
    --download-only install "${packages[@]}" </dev/null

unpacked=$folder/unpacked
rm -rf "$unpacked"
for part in bin sbin lib lib64; do
    mkdir -p "$unpacked/usr/$part"
    ln -s "usr/$part" "$unpacked/$part"
done
for package in "$folder"/packages/*.deb; do
    # tar and not `dpkg-deb -x`: the links just made are to stay.
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$unpacked" --keep-directory-symlink --no-same-owner \
        --exclude=./usr/share --exclude=./dev --exclude='./usr/lib/*/perl*' --exclude='./boot/[!v]*'
done
release=$(find "$unpacked/usr/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -1)
cp "$unpacked/boot/vmlinuz-$release" "$folder/vmlinuz"

root=$folder/root
rm -rf "$root"
# The real programs stand in /usr/bin and come first; /bin has busybox for all others.
mkdir -p "$root"/{bin,etc/iscsi,run/lock/iscsi,root,usr/bin,usr/sbin,usr/lib64,usr/lib/x86_64-linux-gnu,"usr/lib/modules/$release"}
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
cp "$(readlink -f "$unpacked/bin/busybox")" "$root/bin/busybox"
cp "$unpacked/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$root/usr/lib64/"
load() { "$unpacked/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --library-path "$unpacked/usr/lib/x86_64-linux-gnu" "$@"; }
for program in $(lines "$here/guest/programs.txt"); do
    file=$unpacked$program
    [ -e "$file" ] || file=$unpacked${program#/usr}
    [ -e "$file" ] || { echo "build-guest: $program is in none of the packages"; exit 1; }
    cp "$(readlink -f "$file")" "$root/$program"
    load --list "$root/$program" >"$folder/libraries"
    if grep 'not found' "$folder/libraries"; then
        echo "build-guest: $program lacks a library"
        exit 1
    fi
    awk '$2 == "=>" { print $3 }' "$folder/libraries" | xargs -r cp -Lt "$root/usr/lib/x86_64-linux-gnu"
done

# kmod and cpio are the packages' own, so that this machine need not have them.
modules() { load --argv0 "$1" "$unpacked/bin/kmod" "${@:2}"; }
modules depmod -b "$unpacked" "$release"
for module in $(lines "$here/guest/modules.txt"); do
    modules modprobe -d "$unpacked" -S "$release" --show-depends "$module"
done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r module; do
    install -D -m 644 "$module" "$root/usr/lib/modules/$release/${module#*"/modules/$release/"}"
done
cp "$unpacked/usr/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$root/usr/lib/modules/$release/"
modules depmod -b "$root" "$release"
install -m 755 "$here/guest/init" "$root/init"
printf 'node.startup = manual\nnode.session.scan = auto\niscsid.startup = /bin/true\n' >"$root/etc/iscsi/iscsid.conf"

# Not compressed: without KVM, unpacking takes longer than loading.
cp "$root/bin/busybox" "$folder/busybox"
(cd "$root" && find . | LC_ALL=C sort | "$folder/busybox" cpio -o -H newc) >"$folder/initrd.img"
for package in "$folder"/packages/*.deb; do
    dpkg-deb -W --showformat='${Package} ${Version}\n' "$package"
done >"$folder/versions.txt"
rm -rf "$unpacked" "$root" "$folder/libraries" "$folder/installed"
echo "$key" >"$folder/key"
echo "guest of kernel $release and $(wc -l <"$folder/versions.txt") packages in $folder"
