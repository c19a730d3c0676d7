/* SPDX-License-Identifier: GPL-2.0-only */
/* Page frames: an array of struct page and an arena of memory. */
#ifndef _HOST_LINUX_MM_H
#define _HOST_LINUX_MM_H

#include <linux/gfp.h>
#include <linux/list.h>

/* @mapping and @flags are accessed atomically, @private as the owner likes. */
struct page {
	unsigned long flags;
	unsigned long mapping;
	unsigned long private;
	struct host_task *locker;
	int refs;
};

extern struct page *host_mem_map;
extern char *host_arena;

#define page_to_pfn(page)	((unsigned long)((page) - host_mem_map))
#define pfn_to_page(pfn)	(host_mem_map + (pfn))
#define page_address(page)						\
	((void *)(host_arena + (page_to_pfn(page) << PAGE_SHIFT)))
#define virt_to_page(addr)						\
	pfn_to_page(((char *)(addr) - host_arena) >> PAGE_SHIFT)
#define page_private(page)		((page)->private)
#define set_page_private(page, v)	((page)->private = (v))
#define PageHighMem(page)		host_page_highmem(page)

bool host_page_highmem(struct page *page);
bool trylock_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);
void get_page(struct page *page);
bool get_page_unless_zero(struct page *page);
void copy_page(void *to, void *from);

#endif
