# shellcheck shell=bash disable=SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# Which QEMU boots the guests.

# The first that emulates several CPUs well while the guest patches its code, see accelerator in boot.sh; its string
# instructions, with which kernels copy pages, are faster too.
readonly qemu_wanted=10

# qemu_major PROGRAM: its major version, 0 if it does not run.
qemu_major() {
	local major
	major=$("$1" --version 2>/dev/null | sed -nE '1s/.*version ([0-9]+).*/\1/p')
	echo "${major:-0}"
}

# qemu_prepare: sets qemu_system. This machine's; where that is too old the one of its release's backports, unpacked into the
# cache: nothing of the machine is changed. Where that cannot be had, this machine's all the same.
qemu_prepare() {
	local lock dir=$cache/qemu program=$cache/qemu/usr/bin/qemu-system-x86_64
	qemu_system=qemu-system-x86_64
	(($(qemu_major $qemu_system) < qemu_wanted)) || return 0
	exec {lock}>"$cache/qemu.lock"
	flock "$lock"
	# What is there stays: other runs boot with it. What could not be had is asked for again after a day.
	if (($(qemu_major "$program") < qemu_wanted)) && [[ ! $(find "$dir/tried" -mtime -1 2>/dev/null) ]]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		step "fetching a newer QEMU (13 MB, once)" "$dir/log" qemu_fetch "$dir"
		((step_status == 0)) || say "no QEMU $qemu_wanted from backports ($dir/log): taking this machine's"
		touch "$dir/tried"
	fi
	exec {lock}>&-
	(($(qemu_major "$program") < qemu_wanted)) || qemu_system=$program
}

qemu_fetch() (
	set -e
	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME-backports")
	write_apt_config "$1/apt" "$suite"
	export APT_CONFIG=$1/apt/apt.conf
	apt-get update
	cd "$1"
	# Its libraries are those of this machine's QEMU.
	apt-get download qemu-system-x86 qemu-system-data seabios
	for package in ./*.deb; do
		dpkg-deb -x "$package" .
	done
	rm ./*.deb
)
