/* SPDX-License-Identifier: GPL-2.0-only */
/* A warning of the kernel is a failure of the test, unless it expects one. */
#ifndef _HOST_LINUX_BUG_H
#define _HOST_LINUX_BUG_H

#include <linux/types.h>

void host_warn(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void host_printk(bool error, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define WARN(cond, ...)							\
({									\
	bool __cond = !!(cond);						\
									\
	if (unlikely(__cond))						\
		host_warn(__FILE__, __LINE__, __VA_ARGS__);		\
	__cond;								\
})
#define WARN_ONCE(cond, ...)	WARN(cond, __VA_ARGS__)
#define WARN_ON(cond)		WARN(cond, "%s\n", #cond)
#define WARN_ON_ONCE(cond)	WARN(cond, "%s\n", #cond)
#define BUG_ON(cond)		((void)WARN_ON(cond))
#define pr_err(...)		host_printk(true, __VA_ARGS__)
#define pr_warn(...)		host_printk(false, __VA_ARGS__)
#define pr_info(...)		host_printk(false, __VA_ARGS__)

#endif
