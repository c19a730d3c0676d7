/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks: who calls a function through host_ftrace() calls what they make of it. */
#ifndef _HOST_LINUX_FTRACE_H
#define _HOST_LINUX_FTRACE_H

#include <linux/kernel.h>

#define FTRACE_OPS_FL_ENABLED	1
#define FTRACE_OPS_FL_IPMODIFY	2
#define FTRACE_OPS_FL_PERMANENT	4
#define notrace

struct ftrace_regs {
	unsigned long first;
	unsigned long ip;
};

struct ftrace_ops {
	void (*func)(unsigned long ip, unsigned long parent_ip,
		     struct ftrace_ops *ops, struct ftrace_regs *fregs);
	unsigned long flags;
	unsigned long host_ip;
};

#define ftrace_regs_get_argument(fregs, n)	((fregs)->first)
#define ftrace_regs_set_instruction_pointer(fregs, new)	((fregs)->ip = (new))

static struct ftrace_ops *host_ftrace_ops[32];
static unsigned int host_ftrace_hooks;
static void *host_ftrace_busy;		/* another's */

static inline int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip,
				       int remove, int reset)
{
	ops->host_ip = ip;
	return 0;
}

static inline int ftrace_set_filter(struct ftrace_ops *ops, unsigned char *name,
				    int len, int reset)
{
	return -EINVAL;
}

static inline void ftrace_free_filter(struct ftrace_ops *ops)
{
	if (ops->flags & FTRACE_OPS_FL_ENABLED)
		host_fail("a hook's filter is freed before it is out\n");
	ops->host_ip = 0;
}

static inline int register_ftrace_function(struct ftrace_ops *ops)
{
	if (ops->host_ip == (unsigned long)host_ftrace_busy)
		return -EBUSY;
	ops->flags |= FTRACE_OPS_FL_ENABLED;
	host_ftrace_ops[host_ftrace_hooks++] = ops;
	return 0;
}

static inline int unregister_ftrace_function(struct ftrace_ops *ops)
{
	if (!host_ftrace_hooks || host_ftrace_ops[--host_ftrace_hooks] != ops)
		host_fail("hooks are not taken out last one first\n");
	ops->flags &= ~FTRACE_OPS_FL_ENABLED;
	return 0;
}

static inline void *host_ftrace(void *function, unsigned long first)
{
	struct ftrace_regs fregs = { first, (unsigned long)function };
	unsigned int i;

	for (i = 0; i < host_ftrace_hooks; i++)
		if (host_ftrace_ops[i]->host_ip == (unsigned long)function)
			host_ftrace_ops[i]->func(fregs.ip, 0, host_ftrace_ops[i],
						 &fregs);
	return (void *)fregs.ip;
}

#endif
