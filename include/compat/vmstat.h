/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/vmstat.h - what the kernel knows of how many pages we have
 *
 * Where zswap knows zsmalloc alone, its pages are counted as NR_ZSPAGES in
 * /proc/vmstat, ours as well then.  Where it reaches z3fold through zpool,
 * nobody counts.
 */
#ifndef _Z3FOLD_COMPAT_VMSTAT_H
#define _Z3FOLD_COMPAT_VMSTAT_H

#ifdef Z3FOLD_HAVE_BRIDGE

#include <linux/vmstat.h>

static inline void z3fold_vmstat_add(struct page *page)
{
	inc_zone_page_state(page, NR_ZSPAGES);
}

static inline void z3fold_vmstat_sub(struct page *page)
{
	dec_zone_page_state(page, NR_ZSPAGES);
}

#else

static inline void z3fold_vmstat_add(struct page *page) { }
static inline void z3fold_vmstat_sub(struct page *page) { }

#endif

#endif /* _Z3FOLD_COMPAT_VMSTAT_H */
