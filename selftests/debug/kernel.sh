# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with check
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernels of check-debug: from Debian's source package of the stock kernel that the other tests boot, built by this
# machine's compiler. Kept in $builds, and built again when source, configuration or compiler change.

readonly source_package=linux-source-6.12

# Only these files of the kernel are instrumented, beside the module: those that touch what is ours (pages and their owners,
# compressed data, shrinkers, debugfs), and the locks and queues that order it. The kernel's races with itself are not our
# matter, and each file more makes building and emulation slower. By name, wherever they are: no name that a file of the
# boot loader has too.
readonly instrumented=(zswap zpool migrate compaction page_io swap_state swapfile vmscan shrinker rmap
	filemap truncate util workqueue spinlock qspinlock mutex rwsem)
# No race is possible there.
readonly instrumented_memory=(lzo1x_compress lzo1x_decompress_safe scatterwalk seq_file params)

# source_prepare: sets source, the unpacked package, and source_version. Without the archive, what is cached serves.
source_prepare() {
	local log=$builds/source.log
	source=$builds/source
	source_version=
	if kernel_lookup 6.12; then
		source_version=$(APT_CONFIG=$kernel_apt/apt.conf apt-cache policy $source_package |
			sed -n 's/^ *Candidate: //p')
	fi
	if [[ ! $source_version && -f $source.version ]]; then
		say "the archive cannot be asked: using the cached source"
		source_version=$(<"$source.version")
	fi
	[[ $source_version ]] || die $EXIT_PREPARE "the archive has no $source_package ($kernel_apt/log)"
	[[ ! -f $source.version || $(<"$source.version") != "$source_version" ]] || return 0
	rm -rf "$source" "$source.version"
	mkdir -p "$source"
	step "unpacking $source_package $source_version (150 MB, about a minute, once)" "$log" source_unpack
	if ((step_status)); then
		show_tail "$log"
		die $EXIT_PREPARE "cannot fetch and unpack $source_package"
	fi
	echo "$source_version" >"$source.version"
}

source_unpack() (
	set -e
	cd "$builds"
	rm -f ./*.deb
	APT_CONFIG=$kernel_apt/apt.conf apt-get download $source_package
	dpkg-deb --fsys-tarfile ./*.deb | tar -xO ./usr/src/$source_package.tar.xz |
		xz -dc -T0 | tar -x -C "$source" --strip-components=1
	rm -f ./*.deb
)

# kernel_config NAME: what is wanted of its configuration.
kernel_config() {
	# A later line wins, and the same symbol twice is a complaint: rt takes some of the base's back.
	cat "$here/base.config" "$here/$1.config" | awk -F '[= ]' '
		/^# CONFIG_.* is not set$/ { unwanted[$2] = 1 }
		{ lines[++n] = $0; names[n] = $1 }
		END { for (i = 1; i <= n; i++) if (!(names[i] in unwanted)) print lines[i] }'
}

# kernel_build NAME: sets build, its directory.
kernel_build() {
	local name=$1 log=$builds/$1.log key variables=()
	build=$builds/$name
	case $name in
	memory)
		variables=("${instrumented[@]}" "${instrumented_memory[@]}")
		variables=("${variables[@]/#/KASAN_SANITIZE_}" "${variables[@]/#/UBSAN_SANITIZE_}")
		;;
	races) variables=("${instrumented[@]/#/KCSAN_SANITIZE_}") ;;
	esac
	variables=("${variables[@]/%/.o=y}")
	key=$({ echo "$source_version" "${variables[@]}" && gcc --version && kernel_config "$name"; } | sha256sum)
	[[ ! -f $build.key || $(<"$build.key") != "$key" ]] || return 0
	rm -rf "$build" "$build.key"
	mkdir -p "$build"
	kernel_config "$name" >"$build/wanted"
	step "$name: configuring" "$log" kernel_configure
	((step_status)) || kernel_compile "$name" "$log" "${variables[@]}"
	if ((step_status)); then
		show_tail "$log"
		die $EXIT_PREPARE "$name: cannot build the kernel (log: $log)"
	fi
	# Modules are built against what is left.
	find "$build" -name '*.o' -not -path "$build/scripts/*" -not -path "$build/tools/*" -delete
	rm -f "$build"/vmlinux* "$build"/.tmp_vmlinux* "$build"/*.a
	echo "$key" >"$build.key"
}

# All that is wanted must be there in the end: what a symbol depends on changes from kernel to kernel.
kernel_configure() {
	make -s -C "$source" O="$build" KCONFIG_ALLCONFIG="$build/wanted" allnoconfig || return
	! grep '^CONFIG' "$build/wanted" | grep -vxF -f "$build/.config" | sed 's/$/: not to be had/' | grep .
}

# kernel_compile NAME LOG VARIABLE...: with a line of progress now and then. step_pid is the process to be killed.
kernel_compile() {
	local name=$1 log=$2 start=$SECONDS next=$SECONDS files
	shift 2
	# A variable of the environment gives way to a directory's own choice, one of the command line does not.
	KASAN_SANITIZE=n UBSAN_SANITIZE=n KCSAN_SANITIZE=n make -C "$build" -j"$(nproc)" "$@" bzImage modules >"$log" 2>&1 </dev/null &
	step_pid=$!
	while kill -0 "$step_pid" 2>/dev/null; do
		if ((SECONDS >= next)); then
			next=$((SECONDS + 20))
			files=$(grep -c '^  CC ' "$log") || :
			printf '==> %s: building the kernel: %d of about 1000 files, %d s\n' "$name" "$files" $((SECONDS - start)) >&2
		fi
		sleep 1
	done
	step_status=0
	wait "$step_pid" || step_status=$?
	step_pid=
}
