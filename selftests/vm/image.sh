# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# A bootable image: the root, with the project's tree in it and the module installed
# through dkms as a user would. Kept in $cache/images/NAME/KEY, where the key is made of
# all that goes in, so that a tree is installed once and booted often.

readonly image_tree=/usr/src/z3fold-check image_keep=2 kernel_image=arch/x86/boot/bzImage

# These run in the root: one of the first two, which install the module, then the last. dkms keeps make's log to itself when a build fails.
# shellcheck disable=SC2016
readonly image_dkms='
set -e
cd "$1"
module=$(set +e; . ./dkms.conf; echo "$PACKAGE_NAME/$PACKAGE_VERSION")
dkms add "$1"
status=0
dkms install "$module" -k "$2" || status=$?
if [ "$status" != 0 ]; then
	find "/var/lib/dkms/$module/" -name make.log -exec cat {} +
	exit "$status"
fi
dkms status "$module" -k "$2" | grep -q installed || exit 77
'
# apt ends well when dkms skips the kernel.
# shellcheck disable=SC2016
readonly image_debs='
set -e
apt-get update
apt-get install -y /packages/z3fold-{dkms,tools}_*.deb
apt-get clean
dkms status z3fold -k "$1" | grep -q installed || exit 77
'
# shellcheck disable=SC2016
readonly image_rest='
set -e
cd "$1"
kernel=$2
eval "$3"
[ ! -f selftests/Makefile ] || make -C selftests || exit 1'

# Uncommitted work is what one wants tested: all files git knows or would add.
tree_archive() {
	local tree=$1
	(
		cd "$tree" || exit
		git -c safe.directory="$tree" ls-files -coz --exclude-standard 2>/dev/null ||
			find . -type f -print0
	) | while IFS= read -r -d '' file; do
		[[ ! -e $tree/$file && ! -L $tree/$file ]] || printf '%s\0' "$file"
	done | tar -C "$tree" --null -T - --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c
}

# image_prepare NAME TREE: sets image, and holds it (by a shared lock) until the end. What goes into it is chosen by the
# options: setup, packages, files, debs, kernel_build.
image_prepare() {
	local name=$1 tree=$2 key lock
	[[ ! $kernel_build ]] || kernel_release=$(<"$kernel_build/include/config/kernel.release")
	tree_archive "$tree" >"$work/tree.tar"
	[[ ! $files ]] || tar -C "$files" --sort=name --mtime=@0 --owner=0 --group=0 -cf "$work/files.tar" .
	key=$({
		echo "$root_identity" "$packages" "$setup" "$kernel_release"
		cat "$work/tree.tar" "$here/guest-init" "$here/image.sh"
		[[ ! $files ]] || cat "$work/files.tar"
		[[ ! $debs ]] || cat "$debs"/*.deb
		[[ ! $kernel_build ]] || cat "$kernel_build/$kernel_image" "$kernel_build/Module.symvers"
	} | sha256sum | cut -c 1-16)
	image=$cache/images/$name${kernel_build:+.built}/$key
	if [[ -d $image ]]; then
		touch "$image"
	else
		image_build "$name"
	fi
	exec {lock}<"$image"
	flock -s "$lock"
	image_prune "${image%/*}"
}

# The module, for a kernel that this machine built: by the same compiler, in the root's copy of the tree.
module_build() {
	local target=$1
	make -C "$kernel_build" modules_install INSTALL_MOD_PATH="$target" &&
		make -C "$target$image_tree" KDIR="$kernel_build" Z3FOLD_DEBUG=y &&
		make -C "$kernel_build" M="$target$image_tree" modules_install INSTALL_MOD_PATH="$target"
}

# image_step NAME WHAT LOG COMMAND...
image_step() {
	local name=$1 what=$2 log=$log_dir/$3
	shift 3
	step "$name: $what" "$log" "$@"
	case $step_status in
	0) ;;
	77)
		show_tail "$log"
		die $EXIT_SKIPPED "$name: dkms skips $kernel_release: dkms.conf excludes this kernel"
		;;
	*)
		show_tail "$log" 60
		die $EXIT_PREPARE "$name: $what failed (log: $log)"
		;;
	esac
}

image_build() {
	local name=$1 new=$image.new target=$work/root boot
	local in_root=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
		chroot "$target")
	rm -rf "${image%/*}/"*.new
	mkdir -p "$new" "$work/upper" "$target"
	# A tmpfs may always carry an overlay's upper layer, and goes with our namespace.
	mount -t tmpfs -o size=90% tmpfs "$work/upper"
	mkdir "$work/upper/upper" "$work/upper/work"
	mount -t overlay -o "lowerdir=$root,upperdir=$work/upper/upper,workdir=$work/upper/work" overlay "$target"
	mount -t proc proc "$target/proc"
	mkdir "$target$image_tree"
	tar -C "$target$image_tree" -xf "$work/tree.tar"
	[[ ! $files ]] || tar -C "$target" -xf "$work/files.tar"
	install "$here/guest-init" "$target/sbin/guest-init"

	if [[ $packages || $debs ]]; then
		install -m 644 "$kernel_apt/network.conf" "$target/etc/apt/apt.conf.d/network"
		cat /etc/resolv.conf >"$target/etc/resolv.conf"
	fi
	if [[ $packages ]]; then
		image_step "$name" "installing $packages" packages.log "${in_root[@]}" bash -c \
			'apt-get update && apt-get install -y --no-install-recommends "$@" && apt-get clean' bash $packages
	fi
	if [[ $kernel_build ]]; then
		image_step "$name" "building the module for $kernel_release" module.log module_build "$target"
		boot=$kernel_build/$kernel_image
	elif [[ $debs ]]; then
		mkdir "$target/packages"
		cp "$debs"/z3fold-{dkms,tools}_*.deb "$target/packages"
		image_step "$name" "apt installs the packages for $kernel_release" apt.log \
			"${in_root[@]}" bash -c "$image_debs" bash "$kernel_release"
		boot=$target/boot/vmlinuz-$kernel_release
	else
		image_step "$name" "installing the module through dkms for $kernel_release" dkms.log \
			"${in_root[@]}" bash -c "$image_dkms" bash "$image_tree" "$kernel_release"
		boot=$target/boot/vmlinuz-$kernel_release
	fi
	image_step "$name" 'building the tests' tests.log \
		"${in_root[@]}" bash -c "$image_rest" bash "$image_tree" "$kernel_release" "$setup"

	umount --lazy "$target/proc"
	cp "$boot" "$new/vmlinuz"
	# A kernel that was built has all it needs in it.
	[[ $kernel_build ]] || cp "$target/boot/initrd.img-$kernel_release" "$new/initrd"
	# No journal: the image is thrown away after each boot.
	image_step "$name" 'making the image' mke2fs.log \
		mke2fs -q -t ext4 -O ^has_journal -L root -d "$target" "$new/root.img" 4G
	umount --lazy "$target" "$work/upper"
	mv "$new" "$image"
}

# Keep the newest few, and those that a guest runs from.
image_prune() {
	local old
	# shellcheck disable=SC2012
	ls -dt "$1"/*/ | tail -n +$((image_keep + 1)) | while read -r old; do
		flock -n "$old" rm -rf "$old" || :
	done
}
