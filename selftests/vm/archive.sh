# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with vm
# SPDX-License-Identifier: GPL-2.0-only
#
# Which kernels there are, and what the archive has of them today.

# One line a kernel: its name, the package that stands for it, the suites to take it
# from (the first is that of the root). Lines of one name are alternatives: the first
# counts whose newest kernel is of the version that the name says.
kernel_table() {
	cat <<-'END'
		5.10        linux-image-amd64        bullseye bullseye-security
		6.1         linux-image-amd64        bookworm bookworm-security
		6.12        linux-image-amd64        trixie trixie-security
		6.12-rt     linux-image-rt-amd64     trixie trixie-security
		6.12-cloud  linux-image-cloud-amd64  trixie trixie-security
		7           linux-image-amd64        trixie trixie-security trixie-backports
		7           linux-image-amd64        forky forky-security
	END
}

kernel_names() {
	kernel_table | cut -d ' ' -f 1 | uniq
}

# The Debian mirror that this machine itself uses, whatever the format of its sources;
# others' archives also call their suites "bookworm", hence the origin, which apt knows
# once it has the lists, or the usual last part of the address.
own_mirror() {
	local release_pattern=$1 path_pattern=$2
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v release="$release_pattern" -v path="$path_pattern" '
			$(NF - 2) != "main" || $(NF - 1) !~ release || $NF ~ /^cdrom:/ { next }
			$1 == "Debian" { print $NF; found = 1; exit }
			$NF ~ path && !likely { likely = $NF }
			END { if (!found && likely) print likely }'
}

find_mirrors() {
	mirror=${VM_MIRROR:-$(own_mirror '^[a-z]+$' '/debian/')}
	[[ $mirror ]] ||
		die $EXIT_PREPARE "no Debian mirror in apt's configuration (VM_MIRROR=http://... names one)"
	security_mirror=${VM_SECURITY_MIRROR:-$(own_mirror '^[a-z]+-security$' '/debian-security/')}
	security_mirror=${security_mirror:-$(sed -E 's,/debian(/|$),/debian-security\1,' <<<"$mirror")}
}

# write_apt_config DIR SUITE...: an apt of our own, with this machine's way to the
# network (proxies and the like) and nothing else of its configuration. A suite that is
# no longer updated outlives its Valid-Until.
write_apt_config() {
	local dir=$1 suite uri
	shift
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	{
		apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv)[^ ]* ".+"' || :
		echo 'Acquire::Languages "none";'
		echo 'Acquire::Check-Valid-Until "false";'
		echo 'APT::Sandbox::User "root";'
	} >"$dir/network.conf"
	{
		cat "$dir/network.conf"
		cat <<-END
			APT::Architecture "amd64";
			APT::Architectures { "amd64"; };
			APT::Update::Error-Mode "any";
			Acquire::http::Timeout "20";
			Dir::Etc::Parts "/dev/null";
			Dir::Etc::Main "/dev/null";
			Dir::Etc::SourceParts "/dev/null";
			Dir::Etc::SourceList "$dir/sources.list";
			Dir::Etc::Preferences "/dev/null";
			Dir::Etc::PreferencesParts "/dev/null";
			Dir::State "$dir/state";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			Dir::Cache::srcpkgcache "";
		END
	} >"$dir/apt.conf"
	for suite; do
		uri=$mirror
		[[ $suite != *-security ]] || uri=$security_mirror
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
	done >"$dir/sources.list"
	# Backports are not taken by themselves; a kernel's companions are to come along.
	printf 'Package: linux-*\nPin: release n=*-backports\nPin-Priority: 500\n' >"$dir/preferences"
}

# kernel_lookup NAME: asks the archive. Sets kernel_suite, kernel_apt (our apt's
# directory), kernel_release (what uname -r will say) and kernel_version (the package's);
# fails, with apt's log in that directory, when no line of the table can be had.
kernel_lookup() {
	local name=$1 row_name package suites lock
	while read -r row_name package suites; do
		[[ $row_name == "$name" ]] || continue
		kernel_suite=${suites%% *}
		kernel_apt=$cache/apt/${suites// /+}
		mkdir -p "$kernel_apt"
		exec {lock}>"$kernel_apt/lock"
		flock "$lock"
		# shellcheck disable=SC2086
		write_apt_config "$kernel_apt" $suites
		[[ -s $kernel_apt/updated ]] || say "$name: reading the archive's lists (a few seconds)"
		if APT_CONFIG=$kernel_apt/apt.conf apt-get update >"$kernel_apt/log" 2>&1; then
			date >"$kernel_apt/updated"
			kernel_newest "$package"
		else
			kernel_release=
		fi
		exec {lock}>&-
		[[ $kernel_release != "${name%%-*}".* ]] || return 0
	done < <(kernel_table)
	return 1
}

# The package of the kernel series names the newest kernel by depending on it.
kernel_newest() {
	local show=(env APT_CONFIG="$kernel_apt/apt.conf" apt-cache show)
	kernel_release=$("${show[@]}" "$1" 2>/dev/null |
		sed -nE 's/^Depends:.*linux-image-([0-9][^ ,]*).*/\1/p' | sort -V | tail -n 1)
	kernel_version=
	[[ -z $kernel_release ]] ||
		kernel_version=$("${show[@]}" "linux-image-$kernel_release" | sed -n 's/^Version: //p' | sort -V | tail -n 1)
}
