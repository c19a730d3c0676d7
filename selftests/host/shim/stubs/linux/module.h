/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_MODULE_H
#define _HOST_LINUX_MODULE_H

#define THIS_MODULE		NULL
#define MODULE_PARM_DESC(name, text)
static inline void __module_get(void *module) { }
/* The tests set parameters as a user would, by name. */
#define module_param(name, type, perm)					\
	type *host_param_##name = &name

#endif
