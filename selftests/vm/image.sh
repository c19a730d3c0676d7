# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# A bootable image: the root, with the project's tree in it and the module installed
# through dkms as a user would. Kept in $cache/images/NAME/KEY, where the key is made of
# all that goes in, so that a tree is installed once and booted often.

readonly image_tree=/usr/src/z3fold-check image_keep=2

# Runs in the root. dkms keeps make's log to itself when a build fails.
# shellcheck disable=SC2016
readonly image_install='
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

# image_prepare NAME TREE SETUP: sets image, and holds it (by a shared lock) until the end.
image_prepare() {
	local name=$1 tree=$2 setup=$3 key lock
	tree_archive "$tree" >"$work/tree.tar"
	key=$({ echo "$root_identity" "$setup"; cat "$work/tree.tar" "$here/guest-init" "$here/image.sh"; } |
		sha256sum | cut -c 1-16)
	image=$cache/images/$name/$key
	if [[ -d $image ]]; then
		touch "$image"
	else
		image_build "$name" "$setup"
	fi
	exec {lock}<"$image"
	flock -s "$lock"
	image_prune "$cache/images/$name"
}

image_build() {
	local name=$1 setup=$2 new=$image.new target=$work/root
	rm -rf "$cache/images/$name/"*.new
	mkdir -p "$new" "$work/upper" "$target"
	# A tmpfs may always carry an overlay's upper layer, and goes with our namespace.
	mount -t tmpfs -o size=90% tmpfs "$work/upper"
	mkdir "$work/upper/upper" "$work/upper/work"
	mount -t overlay -o "lowerdir=$root,upperdir=$work/upper/upper,workdir=$work/upper/work" overlay "$target"
	mount -t proc proc "$target/proc"
	mkdir "$target$image_tree"
	tar -C "$target$image_tree" -xf "$work/tree.tar"
	install "$here/guest-init" "$target/sbin/guest-init"

	step "$name: installing the module through dkms for $kernel_release" "$log_dir/dkms.log" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		chroot "$target" bash -c "$image_install" bash "$image_tree" "$kernel_release" "$setup"
	case $step_status in
	0) ;;
	77)
		show_tail "$log_dir/dkms.log"
		die $EXIT_SKIPPED "$name: dkms skips $kernel_release: dkms.conf excludes this kernel"
		;;
	*)
		show_tail "$log_dir/dkms.log" 60
		die $EXIT_PREPARE "$name: installing the module or building its tests failed (log: $log_dir/dkms.log)"
		;;
	esac

	umount --lazy "$target/proc"
	cp "$target/boot/vmlinuz-$kernel_release" "$new/vmlinuz"
	cp "$target/boot/initrd.img-$kernel_release" "$new/initrd"
	# No journal: the image is thrown away after each boot.
	step "$name: making the image" "$log_dir/mke2fs.log" \
		mke2fs -q -t ext4 -O ^has_journal -L root -d "$target" "$new/root.img" 4G
	if ((step_status)); then
		show_tail "$log_dir/mke2fs.log"
		die $EXIT_PREPARE "$name: cannot make the image"
	fi
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
