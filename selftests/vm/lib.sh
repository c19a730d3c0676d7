# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# What the runner says and how it ends; where it keeps things.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/z3fold/vm

# Exit statuses other than the command's own.
readonly EXIT_USAGE=2 EXIT_SKIPPED=77 EXIT_PREPARE=123 EXIT_TIMEOUT=124 EXIT_TROUBLE=125 EXIT_SILENT=126

say() {
	printf '==> %s\n' "$*" >&2
}

# die STATUS REASON: the reason also goes to the run's logs, where `check` finds it.
die() {
	local status=$1
	shift
	printf 'vm: %s\n' "$*" >&2
	[[ -z ${log_dir:-} ]] || printf '%s\n' "$*" >"$log_dir/reason"
	exit "$status"
}

# step MESSAGE LOG COMMAND...: run COMMAND with its output in LOG and show that it
# runs; its exit status is left in step_status. A terminal sees the seconds count;
# anything else gets whole lines, so that parallel runs do not tear each other's.
# step_pid is the process to be killed meanwhile.
step_pid=
step() {
	local message=$1 log=$2 start=$SECONDS
	shift 2
	"$@" >"$log" 2>&1 </dev/null &
	step_pid=$!
	if [[ -t 2 ]]; then
		while kill -0 "$step_pid" 2>/dev/null; do
			printf '\r==> %s ... %d s' "$message" $((SECONDS - start)) >&2
			sleep 0.2
		done
		printf '\n' >&2
	else
		say "$message ..."
	fi
	step_status=0
	wait "$step_pid" || step_status=$?
	step_pid=
	[[ -t 2 ]] || ((SECONDS - start < 2)) || say "$message ... $((SECONDS - start)) s"
}

# show_tail LOG: what a reader needs first when a step failed.
show_tail() {
	printf -- '--- the last lines of %s\n' "$1" >&2
	tail -n "${2:-30}" "$1" >&2
	printf -- '---\n' >&2
}

# require PACKAGE...: a bare Debian machine gets what is missing.
require() {
	local package missing=()
	for package; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
			missing+=("$package")
	done
	((${#missing[@]})) || return 0
	say "installing ${missing[*]}"
	if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \
		--no-install-recommends "${missing[@]}"; } >"$cache/require.log" 2>&1; then
		show_tail "$cache/require.log"
		die $EXIT_PREPARE "cannot install ${missing[*]}"
	fi
}
