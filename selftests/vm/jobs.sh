# shellcheck shell=bash disable=SC2034,SC2154 # lock is its user's, statuses for its user
# SPDX-License-Identifier: GPL-2.0-only
#
# Several runs at once, each with a name and a directory of logs: what they say comes line by line, as comments, with the
# name in front. Their user holds a lock in $lock, which must not outlive it.

declare -A running=() statuses=() # name by process; exit status by name

# job_start NAME LOG_DIRECTORY COMMAND...
job_start() {
	local name=$1 stream=$2/stream
	mkdir -p "$2"
	mkfifo "$stream"
	shift 2
	sed -u "s|^|# [$name] |" <"$stream" {lock}>&- &
	"$@" >"$stream" 2>&1 {lock}>&- &
	running[$!]=$name
}

# jobs_below N: wait until fewer than N run. wait -n knows nothing of those that ended before; wait does.
jobs_below() {
	local pid status
	while ((${#running[@]} >= $1)); do
		wait -n "${!running[@]}" 2>/dev/null || :
		for pid in "${!running[@]}"; do
			! kill -0 "$pid" 2>/dev/null || continue
			status=0
			wait "$pid" || status=$?
			statuses[${running[$pid]}]=$status
			unset "running[$pid]"
		done
	done
}

# jobs_end: wait until none runs, and all has been said.
jobs_end() {
	jobs_below 1
	wait
}

# What runs ends with us, whatever ends us.
jobs_kill() {
	trap '' INT TERM HUP
	((${#running[@]} == 0)) || kill "${!running[@]}" 2>/dev/null || :
	wait
}
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap jobs_kill EXIT
