/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_ERR_H
#define _HOST_LINUX_ERR_H

#include <linux/types.h>
#include <errno.h>

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}

static inline long PTR_ERR(const void *p)
{
	return (long)p;
}

static inline bool IS_ERR(const void *p)
{
	return (unsigned long)p >= -4095UL;
}

static inline bool IS_ERR_OR_NULL(const void *p)
{
	return !p || IS_ERR(p);
}

#endif
