/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_MODULE_H
#define _HOST_LINUX_MODULE_H

#include <linux/types.h>

#define THIS_MODULE		NULL
#define MODULE_PARM_DESC(name, text)
#define MODULE_ALIAS(name)	struct host_needs_semicolon
static inline void __module_get(void *module) { }

/* module.c */
extern int host_module_refs;
extern bool host_module_going;

static inline bool try_module_get(void *module)
{
	return !host_module_going && ++host_module_refs;
}

static inline void module_put(void *module)
{
	host_module_refs--;
}

/* The tests set parameters as a user would, by name. */
#define module_param(name, type, perm)					\
	type *host_param_##name = &name

#endif
