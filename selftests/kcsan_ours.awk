#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
#
# kcsan_ours.awk [dropped=1] LOG: a kernel's log without the data races that KCSAN reports of the kernel itself. A report
# is ours when a function of z3fold is in its title or anywhere in its stacks. With dropped=1, the titles of the others.

function flush(ours) {
	if (dropped ? !ours : ours)
		printf "%s", dropped ? title "\n" : block
	block = ""
	inside = 0
}

# At least twenty; not each awk knows {20,}.
/====================+\r?$/ {
	if (inside && kcsan) {
		block = block $0 "\n"
		flush(ours)
		next
	}
	flush(1)
	inside = 1
	kcsan = ours = 0
	block = $0 "\n"
	next
}

inside {
	block = block $0 "\n"
	if (!kcsan && !/BUG: KCSAN: /) {
		flush(1)
		next
	}
	if (!kcsan)
		title = substr($0, index($0, "KCSAN: "))
	kcsan = 1
	if (/\[z3fold\]/)
		ours = 1
	next
}

!dropped { print }

END { flush(1) }
