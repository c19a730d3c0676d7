// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook_user.c - another user of what the bridge needs for itself: it may change
 * where a function's calls go, and changes nothing
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static char *function = "zs_free";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function to hook (default: zs_free)");

static void notrace handle(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ops = {
	.func = handle,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static int __init hook_user_init(void)
{
	int err = ftrace_set_filter(&ops, function, strlen(function), 1);

	if (!err)
		err = register_ftrace_function(&ops);
	if (err)
		ftrace_free_filter(&ops);
	return err;
}

static void __exit hook_user_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

module_init(hook_user_init);
module_exit(hook_user_exit);
MODULE_DESCRIPTION("hooks a function, for a self-test of z3fold");
MODULE_LICENSE("GPL");
