/* SPDX-License-Identifier: GPL-2.0-only */
/* Between mem.c and migrate.c: the marks on a page. */
#ifndef _HOST_PAGE_H
#define _HOST_PAGE_H

void host_set_movable(struct page *page, const void *ops);
const void *host_movable_ops(struct page *page);
void host_set_isolated(struct page *page, bool on);

#endif
