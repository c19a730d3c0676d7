/* SPDX-License-Identifier: GPL-2.0-only */
/* How a driver marks its pages movable; lib/migrate.c is the other side. */
#ifndef _HOST_LINUX_MIGRATE_H
#define _HOST_LINUX_MIGRATE_H

#include <linux/mm.h>

enum migrate_mode {
	MIGRATE_ASYNC,
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC,
	MIGRATE_SYNC_NO_COPY,
};

#define MIGRATEPAGE_SUCCESS	0
typedef unsigned int isolate_mode_t;

#ifdef Z3FOLD_HAVE_MOVABLE_OPS
struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *dst, struct page *src,
			    enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};
void __SetPageMovable(struct page *page, const struct movable_operations *ops);
#else
struct address_space;
void __SetPageMovable(struct page *page, struct address_space *mapping);
#endif
void __ClearPageMovable(struct page *page);

/* In @mapping; it stays when the mark is taken back. */
#define PAGE_MAPPING_MOVABLE	2UL
#define __PageMovable(page)						\
	(__atomic_load_n(&(page)->mapping, __ATOMIC_RELAXED) &		\
	 PAGE_MAPPING_MOVABLE)

#endif
