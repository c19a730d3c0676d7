#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel's log without the data races that KCSAN reports of the kernel itself. A report is ours when a function of
# z3fold is in its title or among the first three of one of its stacks, since helpers may be on top.

function flush(ours) {
	if (ours)
		printf "%s", block
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
	kcsan = ours = depth = 0
	block = $0 "\n"
	next
}

inside {
	block = block $0 "\n"
	if (!kcsan && !/BUG: KCSAN: /) {
		flush(1)
		next
	}
	if (/BUG: KCSAN: / || / to 0x[0-9a-f]+ of [0-9]+ bytes by | unknown origin, with/)
		depth = 0
	kcsan = 1
	if (depth++ <= 3 && /\[z3fold\]/)
		ours = 1
	next
}

{ print }

END { flush(1) }
