#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# z3fold in the initramfs, for zswap.zpool=z3fold on the kernel's command line: zswap starts
# before the root file system is there. A kernel that dkms skipped has no module to copy.

check()
{
	# shellcheck disable=SC2154 # dracut sets it
	modinfo -k "$kernel" z3fold >/dev/null 2>&1
}

depends()
{
	return 0
}

installkernel()
{
	local compressor

	# Whatever this machine has loaded now.
	hostonly='' instmods z3fold
	for compressor in $(/usr/lib/z3fold/compressors "$kernel"); do
		hostonly='' instmods "crypto-$compressor"
	done
}

# When zswap starts, /sys is not mounted, and modprobe does not know that the kernel could
# decompress a module: it looks for the library.
install()
{
	case $(modinfo -k "$kernel" -F filename z3fold) in
	*.xz) inst_libdir_file 'liblzma.so*' ;;
	*.zst) inst_libdir_file 'libzstd.so*' ;;
	*.gz) inst_libdir_file 'libz.so*' ;;
	esac
}
