/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook.h - sending calls of a function of the kernel to one of ours
 *
 * The mechanism is ftrace's, the one that livepatch uses.  A hook's handler
 * runs before the function does and decides, for each call: it takes the call,
 * or returns, and the function runs as if nothing had been.  So nothing of ours
 * calls the original, and nothing recurses.
 *
 * A handler is notrace, takes no lock, and has neither of ftrace's protections
 * against recursion: they would let a call through that had to be taken.
 */
#ifndef _Z3FOLD_HOOK_H
#define _Z3FOLD_HOOK_H

#include <linux/ftrace.h>

/**
 * struct z3fold_hook - a function whose calls we may take
 * @ops:	ftrace's; its func is the handler
 * @name:	of the function
 * @theirs:	the function; NULL where it has to be found by its name
 * @ours:	of the same type
 */
struct z3fold_hook {
	struct ftrace_ops ops;
	const char *name;
	void *theirs;
	void *ours;
};

#define Z3FOLD_HOOK(name_, theirs_, ours_, handler) {				\
		.ops.func = handler,						\
		.ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,	\
		.name = name_,							\
		.theirs = theirs_,						\
		.ours = ours_,							\
	}

/* For handlers: this call is ours. */
static __always_inline void z3fold_hook_take(struct ftrace_ops *ops,
					     struct ftrace_regs *fregs)
{
	struct z3fold_hook *hook = container_of(ops, struct z3fold_hook, ops);

	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook->ours);
}

int z3fold_hook_add(struct z3fold_hook *hooks, unsigned int n);
void z3fold_hook_remove(struct z3fold_hook *hooks, unsigned int n);
unsigned int z3fold_hook_count(const struct z3fold_hook *hooks, unsigned int n);

#endif /* _Z3FOLD_HOOK_H */
