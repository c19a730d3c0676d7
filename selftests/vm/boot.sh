# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# One boot of an image, and the judgement on it.

# A guest with one of these on its console has failed, whatever its command says.
# shellcheck source-path=SCRIPTDIR source=../complaints.sh
. "$here/../complaints.sh"

# Taints for what should have been on the console: bad page, died, warned, soft lockup.
readonly bad_taints=$((1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))

readonly kernel_arguments='root=/dev/vda rootfstype=ext4 rw init=/sbin/guest-init console=ttyS0 ignore_loglevel printk.devkmsg=on slab_nomerge init_on_alloc=0 panic=-1 oops=panic panic_on_warn=1 softlockup_panic=1 watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=200 sysctl.kernel.hung_task_panic=1 sysctl.kernel.panic_on_rcu_stall=1'

# Without "enhanced rep movsb" the kernel clears and copies pages eight bytes a step, which emulation is the faster for.
# cx16: QEMU 7.2 can leave a wrong flags register behind an interrupted cmpxchg16b, which the slab allocator uses: seen as
# a double fault there, with EFLAGS the low half of RAX.
# init_on_alloc=0: nor does zeroing every page help a test, and huge pages take seconds that way.
# watchdog_thresh, stall_timeout: a guest on a busy host can stand still for many seconds; a lockup is one after 120, a
# stall after 200.

# QEMU before 10 can give a guest with several threads stale "int3" oopses while it patches its code under load. Where
# z3fold hooks functions a guest does that all the time.
accelerator() {
	if [[ $icount || ($kernel_release == [7-9].* && $(qemu_major "$qemu_system") -lt $qemu_wanted) ]]; then
		echo tcg,thread=single
	else
		echo tcg,thread=multi
	fi
}

# boot NAME COMMAND_FILE: uses the options' cpus, memory, limit, append, swap; with
# interactive set, the guest's second serial line is this terminal.
boot() {
	local name=$1 command_file=$2 status=0 reader='' fifo
	local qemu=("$qemu_system" -accel "${VM_ACCEL:-$(accelerator)}" -cpu "max,-erms,-fsrm,-cx16"
		-smp "$cpus" -m "$memory" -display none -monitor none -nic none -no-reboot
		-kernel "$image/vmlinuz"
		-append "$kernel_arguments $append"
		-drive "file=$image/root.img,format=raw,if=virtio,snapshot=on,cache=unsafe"
		-drive "file=$work/swap.img,format=raw,if=virtio,cache=unsafe"
		-serial "file:$log_dir/console.log")

	[[ ! $icount ]] || qemu+=(-icount "shift=0,sleep=off")
	[[ ! -e $image/initrd ]] || qemu+=(-initrd "$image/initrd")
	truncate -s "$swap" "$work/swap.img"
	if [[ ${interactive:-} ]]; then
		qemu+=(-chardev "stdio,id=out,signal=off" -fw_cfg "name=opt/z3fold/shell,string=yes")
	else
		# QEMU would truncate a file and make a terminal non-blocking: it gets a fifo.
		# Our own open end lets the reader begin, and end, even if QEMU never opens its.
		mkfifo "$work/output"
		exec {fifo}<>"$work/output"
		tee "$log_dir/output.log" <"$work/output" {fifo}>&- &
		reader=$!
		qemu+=(-chardev "file,id=out,path=$work/output,append=on"
			-fw_cfg "name=opt/z3fold/command,file=$command_file")
	fi
	qemu+=(-serial chardev:out)

	say "$name: booting $kernel_release, $cpus CPUs, $memory (limit $limit s)"
	# The snapshot's file, already unlinked, is in TMPDIR.
	TMPDIR=$work timeout --foreground "$limit" "${qemu[@]}" 2>"$log_dir/qemu.log" || status=$?
	[[ -z $reader ]] || { exec {fifo}>&- && wait "$reader"; }
	judge "$name" "$status"
}

# judge NAME QEMU_STATUS: the command's status, or the reason why there is none.
judge() {
	local name=$1 qemu_status=$2 console=$log_dir/console.log bad report status taint
	touch "$console"
	bad=$(complaints "$COMPLAINTS" <"$console") || (($? == 1)) || die $EXIT_TROUBLE "$name: cannot read $console"
	# "cut here" says nothing; the line after it does.
	[[ ${bad%%$'\n'*} != *'cut here'* ]] || bad=${bad#*$'\n'}
	bad=${bad%%[$'\r\n']*}
	report=$(sed -nE 's/.*guest-init: status ([0-9]+) taint ([0-9]+).*/\1 \2/p' "$console" | tail -n 1)
	status=${report% *} taint=${report#* }
	if [[ $bad ]]; then
		fail_boot $EXIT_TROUBLE "$name: the guest's kernel complained: $bad"
	elif ((qemu_status == 124)); then
		fail_boot $EXIT_TIMEOUT "$name: the guest did not finish within $limit s"
	elif [[ -z $report ]]; then
		show_tail "$log_dir/qemu.log" 5
		fail_boot $EXIT_SILENT "$name: the guest ended without a report (QEMU's exit status $qemu_status)"
	elif ((taint & bad_taints)); then
		fail_boot $EXIT_TROUBLE "$name: the guest's kernel is tainted ($taint)"
	fi
	return "$status"
}

fail_boot() {
	show_tail "$log_dir/console.log" 40
	die "$1" "$2 (console: $log_dir/console.log)"
}
