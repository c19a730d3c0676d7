# shellcheck shell=bash disable=SC2034 # for who sources it
# SPDX-License-Identifier: GPL-2.0-only
#
# What a kernel says, as an extended regular expression, when something went wrong: warnings and oopses, lockups and stalls,
# broken lists, slabs, pages and swap; then UBSAN, lockdep, the slab allocator, page poisoning and objects beside those
# words. Nothing that a command line or a kernel that only boots says.

COMPLAINTS='------------\[ cut here \]|WARNING:|BUG:|kernel BUG at|Oops|Kernel panic|general protection fault'
COMPLAINTS+='|Unable to handle kernel|paging request|soft lockup|hard LOCKUP|blocked for more than'
COMPLAINTS+='|rcu.*(detected stalls|self-detected stall|detected expedited stalls|kthread starved)'
COMPLAINTS+='|(list_add|list_del) corruption|Objects remaining|kmem_cache_destroy|Slab cache still has objects|Bad page'
COMPLAINTS+='|refcount_t|double free|Bad swap|Unused swap|Read-error on swap|Write-error on swap'
COMPLAINTS+='|UBSAN:|INFO: trying to register non-static key|INFO: possible |possible (circular|recursive|irq)'
COMPLAINTS+='|inconsistent lock state|Invalid wait context|DEBUG_LOCKS_WARN_ON|ODEBUG:|BUG [^ ]+ .*: '
COMPLAINTS+='|pagealloc: (single bit error|memory corruption)'

# complaints PATTERN: what of the log on standard input fits it, without the kernel's own races. Status 1 is a log without
# complaints, 2 a judgement not made.
complaints()
{
	local results

	"${BASH_SOURCE[0]%/*}/kcsan_ours.awk" | grep -a -E -e "$1"
	results=("${PIPESTATUS[@]}")
	((results[0] == 0)) || return 2
	return "${results[1]}"
}
