// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem.c - page frames: poisoned when free, used again in random order
 */
#include <sys/mman.h>
#include "host.h"
#include "page.h"
#include "sanitizer.h"

#define PG_LOCKED	1UL
#define PG_ISOLATED	2UL

struct page *host_mem_map;
char *host_arena;
unsigned int host_fail_one_in;
unsigned int host_fail_next;

static unsigned long nr_pages, nr_free;
static unsigned int *free_pages;
static struct host_raw lock;

#undef memcpy
#undef memmove

void host_mem_init(unsigned long pages)
{
	unsigned long i;

	host_arena = mmap(NULL, pages << PAGE_SHIFT, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	host_mem_map = calloc(pages, sizeof(*host_mem_map));
	free_pages = calloc(pages, sizeof(*free_pages));
	if (host_arena == MAP_FAILED || !host_mem_map || !free_pages)
		host_fail("no memory for %lu pages\n", pages);
	for (i = 0; i < pages; i++)
		free_pages[i] = pages - 1 - i;
	nr_pages = pages;
	nr_free = pages;
	host_asan_poison(host_arena, pages << PAGE_SHIFT);
}

unsigned long host_mem_pages(void)
{
	return nr_pages;
}

unsigned long host_mem_used(void)
{
	return nr_pages - nr_free;
}

bool host_page_used(unsigned long pfn)
{
	return __atomic_load_n(&host_mem_map[pfn].refs, __ATOMIC_RELAXED);
}

bool host_should_fail(void)
{
	unsigned int next = __atomic_load_n(&host_fail_next, __ATOMIC_RELAXED);

	if (next) {
		__atomic_store_n(&host_fail_next, next - 1, __ATOMIC_RELAXED);
		if (next == 1)
			return true;
	}
	return host_fail_one_in && !host_below(host_fail_one_in);
}

#ifdef HOST_BENCH
/* As the kernel, keep some free pages for each CPU. */
static __thread unsigned int cached[64];
static __thread unsigned int nr_cached;

static struct page *take_page(void)
{
	if (!nr_cached) {
		host_raw_lock(&lock);
		while (nr_free && nr_cached < ARRAY_SIZE(cached) / 2)
			cached[nr_cached++] = free_pages[--nr_free];
		host_raw_unlock(&lock);
	}
	return nr_cached ? pfn_to_page(cached[--nr_cached]) : NULL;
}

static void give_page(unsigned long pfn)
{
	if (nr_cached == ARRAY_SIZE(cached)) {
		host_raw_lock(&lock);
		while (nr_cached > ARRAY_SIZE(cached) / 2)
			free_pages[nr_free++] = cached[--nr_cached];
		host_raw_unlock(&lock);
	}
	cached[nr_cached++] = pfn;
}
#else
static struct page *take_page(void)
{
	struct page *page = NULL;

	host_raw_lock(&lock);
	if (nr_free) {
		/* Random, but often the one that was freed last. */
		unsigned long i = host_random() & 1 ? nr_free - 1 :
						      host_below(nr_free);

		page = pfn_to_page(free_pages[i]);
		free_pages[i] = free_pages[--nr_free];
	}
	host_raw_unlock(&lock);
	return page;
}

static void give_page(unsigned long pfn)
{
	host_raw_lock(&lock);
	free_pages[nr_free++] = pfn;
	host_raw_unlock(&lock);
}
#endif

struct page *alloc_page(gfp_t gfp)
{
	struct page *page;

	if (gfp & __GFP_HIGHMEM)
		host_fail("a page may come from highmem\n");
	if (gfp & __GFP_DIRECT_RECLAIM)
		host_might_sleep("alloc_page");
	if (host_self->preempt || host_self->depth)
		host_fail("a page is allocated under a lock\n");
	host_point();
	if (host_should_fail())
		return NULL;
	page = take_page();
	if (!page)
		return NULL;
	if (__atomic_load_n(&page->refs, __ATOMIC_RELAXED))
		host_fail("a free page has references\n");
	page->private = 0;
	__atomic_store_n(&page->mapping, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&page->refs, 1, __ATOMIC_RELEASE);
	host_asan_unpoison(page_address(page), PAGE_SIZE);
#ifndef HOST_BENCH
	memset(page_address(page), 0x5a, PAGE_SIZE);
#endif
	return page;
}

static void free_page_now(struct page *page)
{
	if (__atomic_load_n(&page->flags, __ATOMIC_RELAXED) & PG_LOCKED)
		host_fail("a locked page is freed\n");
	if (host_page_movable(page))
		host_fail("a page is freed that is still marked movable\n");
	__atomic_store_n(&page->flags, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&page->mapping, 0, __ATOMIC_RELAXED);
#ifndef HOST_BENCH
	memset(page_address(page), 0xa5, PAGE_SIZE);
#endif
	host_asan_poison(page_address(page), PAGE_SIZE);
	give_page(page_to_pfn(page));
}

void put_page(struct page *page)
{
	int refs;

	if (host_self->preempt)
		host_fail("a page is put with preemption off\n");
	host_point();
	refs = __atomic_sub_fetch(&page->refs, 1, __ATOMIC_ACQ_REL);
	if (refs < 0)
		host_fail("a page is freed twice\n");
	if (!refs)
		free_page_now(page);
	host_point();
}

void get_page(struct page *page)
{
	if (__atomic_fetch_add(&page->refs, 1, __ATOMIC_RELAXED) <= 0)
		host_fail("get_page() on a free page\n");
}

bool get_page_unless_zero(struct page *page)
{
	int refs = __atomic_load_n(&page->refs, __ATOMIC_RELAXED);

	while (refs > 0)
		if (__atomic_compare_exchange_n(&page->refs, &refs, refs + 1,
						false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

bool host_page_highmem(struct page *page)
{
	return false;
}

bool trylock_page(struct page *page)
{
	host_point();
	if (!__atomic_load_n(&page->refs, __ATOMIC_RELAXED))
		host_fail("a free page is locked\n");
	if (__atomic_fetch_or(&page->flags, PG_LOCKED, __ATOMIC_ACQUIRE) &
	    PG_LOCKED)
		return false;
	__atomic_store_n(&page->locker, host_self, __ATOMIC_RELAXED);
	return true;
}

void lock_page(struct page *page)
{
	host_might_sleep("lock_page");
	while (!trylock_page(page))
		host_sleep();
}

static void check_locked(struct page *page, const char *what)
{
	if (!(__atomic_load_n(&page->flags, __ATOMIC_RELAXED) & PG_LOCKED) ||
	    __atomic_load_n(&page->locker, __ATOMIC_RELAXED) != host_self)
		host_fail("%s of a page that is not locked\n", what);
}

void unlock_page(struct page *page)
{
	check_locked(page, "unlock_page()");
	if (host_self->preempt)
		host_fail("unlock_page() with preemption off\n");
	__atomic_store_n(&page->locker, NULL, __ATOMIC_RELAXED);
	__atomic_fetch_and(&page->flags, ~PG_LOCKED, __ATOMIC_RELEASE);
	host_point();
}

void host_set_movable(struct page *page, const void *ops)
{
	check_locked(page, "__SetPageMovable()");
	__atomic_store_n(&page->mapping, (unsigned long)ops | PAGE_MAPPING_MOVABLE,
			 __ATOMIC_RELAXED);
}

void __ClearPageMovable(struct page *page)
{
	check_locked(page, "__ClearPageMovable()");
	if (!host_page_movable(page))
		host_fail("__ClearPageMovable() of a page that is not movable\n");
	__atomic_store_n(&page->mapping, PAGE_MAPPING_MOVABLE, __ATOMIC_RELAXED);
}

/* PageMovable(): marked, and the mark not taken back. */
bool host_page_movable(struct page *page)
{
	unsigned long m = __atomic_load_n(&page->mapping, __ATOMIC_RELAXED);

	return m & PAGE_MAPPING_MOVABLE && m != PAGE_MAPPING_MOVABLE;
}

const void *host_movable_ops(struct page *page)
{
	return (void *)(__atomic_load_n(&page->mapping, __ATOMIC_RELAXED) &
			~PAGE_MAPPING_MOVABLE);
}

bool host_page_isolated(struct page *page)
{
	return __atomic_load_n(&page->flags, __ATOMIC_RELAXED) & PG_ISOLATED;
}

void host_set_isolated(struct page *page, bool on)
{
	check_locked(page, "isolation");
	if (on)
		__atomic_fetch_or(&page->flags, PG_ISOLATED, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&page->flags, ~PG_ISOLATED, __ATOMIC_RELAXED);
}

#ifndef HOST_BENCH
/* In pieces, so that others see a copy half done. */
void *host_memmove(void *to, const void *from, size_t n)
{
	size_t i, piece;

	if (host_mode == HOST_SINGLE)
		return memmove(to, from, n);
	if ((char *)to < (char *)from) {
		for (i = 0; i < n; i += piece) {
			piece = min(n - i, (size_t)1024);
			memmove(to + i, from + i, piece);
			host_point();
		}
	} else {
		for (i = n; i; i -= piece) {
			piece = min(i, (size_t)1024);
			memmove(to + i - piece, from + i - piece, piece);
			host_point();
		}
	}
	return to;
}

void *host_memcpy(void *to, const void *from, size_t n)
{
	if ((char *)to < (char *)from + n && (char *)from < (char *)to + n && n)
		host_fail("memcpy() of ranges that overlap\n");
	return host_memmove(to, from, n);
}

void copy_page(void *to, void *from)
{
	host_memcpy(to, from, PAGE_SIZE);
}
#else
void copy_page(void *to, void *from)
{
	memcpy(to, from, PAGE_SIZE);
}
#endif
