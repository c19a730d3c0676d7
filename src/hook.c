// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook.c - hooks are put in and taken out, in order
 */
#include "internal.h"
#include "hook.h"

static int add(struct z3fold_hook *hook)
{
	int err;

	if (hook->theirs)
		err = ftrace_set_filter_ip(&hook->ops, (unsigned long)hook->theirs,
					   0, 0);
	else
		err = ftrace_set_filter(&hook->ops, (unsigned char *)hook->name,
					strlen(hook->name), 1);
	if (!err)
		err = register_ftrace_function(&hook->ops);
	if (!err)
		return 0;

	ftrace_free_filter(&hook->ops);
	if (err == -EBUSY)
		pr_err("z3fold: cannot hook %s: it has been changed by another, such as a live patch, or kernel.ftrace_enabled is 0\n",
		       hook->name);
	else
		pr_err("z3fold: cannot hook %s: error %d\n", hook->name, err);
	return err;
}

/**
 * z3fold_hook_add() - put hooks in, first to last
 * @hooks:	an array; calls may be taken from the moment on when one is in
 * @n:		their number
 *
 * Context: process, sleeps.
 * Return: 0; or an error, said in the log, and none of them is in.
 */
int z3fold_hook_add(struct z3fold_hook *hooks, unsigned int n)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = add(&hooks[i]);
		if (err) {
			z3fold_hook_remove(hooks, i);
			return err;
		}
	}
	return 0;
}

/**
 * z3fold_hook_remove() - take hooks out, last to first
 * @hooks:	an array, all of them in
 * @n:		their number
 *
 * When one is out nobody is in its handler, or on the way from there to our
 * function: ftrace has waited for them.
 *
 * Context: process, sleeps long: some grace periods for each.
 */
void z3fold_hook_remove(struct z3fold_hook *hooks, unsigned int n)
{
	while (n--) {
		WARN_ON(unregister_ftrace_function(&hooks[n].ops));
		ftrace_free_filter(&hooks[n].ops);
	}
}

/**
 * z3fold_hook_count() - how many are in effect
 * @hooks:	an array
 * @n:		their number
 *
 * Context: any.  Return: the number of those that are in.
 */
unsigned int z3fold_hook_count(const struct z3fold_hook *hooks, unsigned int n)
{
	unsigned int count = 0;

	while (n--)
		count += !!(READ_ONCE(hooks[n].ops.flags) & FTRACE_OPS_FL_ENABLED);
	return count;
}
