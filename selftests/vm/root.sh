# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# A root of the kernel's own Debian suite, with its stock kernel, headers and dkms.
# Built once, in $cache/roots/NAME, and again when the archive's kernel changes.

# mount, which has swapon too, is not part of each suite's smallest root.
readonly root_packages=dkms,gcc,libc6-dev,make,kmod,initramfs-tools,util-linux,mount,procps,trace-cmd,xz-utils,zstd

# The initramfs needs only what finds the root's disk; with all modules in it, emulated
# boots and image builds would take longer.
# shellcheck disable=SC2016
readonly root_initramfs='
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
echo MODULES=list >"$1/etc/initramfs-tools/conf.d/virtual-machine"
cat >"$1/etc/initramfs-tools/hooks/virtual-machine" <<END
#!/bin/sh
[ "\$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules virtio_pci virtio_blk ext4
END
chmod +x "$1/etc/initramfs-tools/hooks/virtual-machine"'

# root_prepare NAME: sets root, root_identity, kernel_release. The caller holds the
# kernel's lock.
root_prepare() {
	local name=$1 recipe wanted
	root=$cache/roots/$name
	recipe=$(sha256sum <<<"$root_packages $root_initramfs" | cut -c 1-16)
	if kernel_lookup "$name"; then
		wanted="$kernel_release $kernel_version $recipe"
		[[ -f $root.identity && $(<"$root.identity") == "$wanted" ]] || root_build "$name" "$wanted"
	elif [[ -f $root.identity ]]; then
		say "$name: the archive cannot be asked ($kernel_apt/log): using the cached root"
	else
		show_tail "$kernel_apt/log"
		die $EXIT_PREPARE "$name: the archive cannot be reached or has no such kernel, and no root is cached"
	fi
	root_identity=$(<"$root.identity")
	kernel_release=${root_identity%% *}
}

root_build() {
	local name=$1 identity=$2 log=$cache/roots/$1.log
	local packages=$root_packages,linux-image-$kernel_release,linux-headers-$kernel_release
	mkdir -p "$cache/roots"
	rm -rf "$root.new"
	step "$name: building a $kernel_suite root with $kernel_release (about 40 s, once)" "$log" \
		mmdebstrap --mode=root --variant=apt --architectures=amd64 --format=directory \
		--aptopt="$kernel_apt/network.conf" --include="$packages" \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--setup-hook="mkdir -p \"\$1/etc/apt/preferences.d\" && cp '$kernel_apt/preferences' \"\$1/etc/apt/preferences.d/kernel\"" \
		--essential-hook="$root_initramfs" \
		"$kernel_suite" "$root.new" "$kernel_apt/sources.list"
	if ((step_status)); then
		show_tail "$log"
		die $EXIT_PREPARE "$name: cannot build the root (log: $log)"
	fi
	rm -rf "$root.identity" "$root"
	mv "$root.new" "$root"
	echo "$identity" >"$root.identity"
}
