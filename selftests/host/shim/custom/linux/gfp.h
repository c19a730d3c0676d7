/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_GFP_H
#define _HOST_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_HIGHMEM		0x02u
#define __GFP_MOVABLE		0x08u
#define __GFP_ZERO		0x100u
#define __GFP_DIRECT_RECLAIM	0x400u
#define __GFP_KSWAPD_RECLAIM	0x800u
#define __GFP_NOWARN		0x2000u
#define __GFP_NORETRY		0x10000u
#define GFP_KERNEL		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT		__GFP_KSWAPD_RECLAIM

struct page;
struct page *alloc_page(gfp_t gfp);
void put_page(struct page *page);
#define __free_page(page)	put_page(page)

#endif
