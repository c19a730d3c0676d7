/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * word.h - the one atomic word behind a handle: its layout, and nothing else
 *
 *   64 bit:  | page number: 40 | start chunk: 6 | MOVING | count: 9 | first: 8 |
 *   32 bit:  | page number: 20 | start chunk: 6 | MOVING | count: 3 | first: 2 |
 *
 * page number	the PFN; on 32 bit, where PFNs can be wider than 20 bits, the
 *		number of the page's virtual address (pages are lowmem)
 * MOVING	set by whoever copies the object, for the time of one copy
 * first	the first pin: Z3FOLD_FREE, _HELD, or _FRESH (allocated, not yet
 *		written: nobody may move or evict it)
 * count	the further pins
 *
 * Location and MOVING change only under the lock of the descriptor that owns
 * the object.  Zero is a valid word (frame 0, chunk 0, unpinned), so a word that
 * is not in use has a page number of its own.
 *
 * Where a byte of the word can be stored alone, the first pin is dropped by a
 * plain store: a locked instruction would wait for the payload's stores to
 * drain.  The kernel's queued spinlock mixes byte stores with cmpxchg in the
 * same manner, so its presence tells that the architecture can (user-mode Linux
 * on x86 has none, but the processor is the same).
 */
#ifndef _Z3FOLD_WORD_H
#define _Z3FOLD_WORD_H

#include "layout.h"

#if defined(CONFIG_64BIT) && \
	(defined(CONFIG_X86_64) || defined(CONFIG_ARCH_USE_QUEUED_SPINLOCKS))
#define Z3FOLD_WORD_BYTE_STORE	1
#else
#define Z3FOLD_WORD_BYTE_STORE	0
#endif

#define Z3FOLD_FIRST_BITS	(BITS_PER_LONG == 64 ? 8 : 2)
#define Z3FOLD_COUNT_BITS	(BITS_PER_LONG == 64 ? 9 : 3)
#define Z3FOLD_COUNT_SHIFT	Z3FOLD_FIRST_BITS
#define Z3FOLD_MOVING_SHIFT	(Z3FOLD_COUNT_SHIFT + Z3FOLD_COUNT_BITS)
#define Z3FOLD_START_SHIFT	(Z3FOLD_MOVING_SHIFT + 1)
#define Z3FOLD_PAGENO_SHIFT	(Z3FOLD_START_SHIFT + Z3FOLD_CHUNKS_ORDER)

#define Z3FOLD_FIRST_MASK	((1UL << Z3FOLD_FIRST_BITS) - 1)
#define Z3FOLD_COUNT_ONE	(1UL << Z3FOLD_COUNT_SHIFT)
#define Z3FOLD_COUNT_MASK	(((1UL << Z3FOLD_COUNT_BITS) - 1) << Z3FOLD_COUNT_SHIFT)
#define Z3FOLD_PINS_MASK	(Z3FOLD_FIRST_MASK | Z3FOLD_COUNT_MASK)
#define Z3FOLD_MOVING		(1UL << Z3FOLD_MOVING_SHIFT)
#define Z3FOLD_START_MASK	((unsigned long)Z3FOLD_CHUNKS - 1)

/* A word that is not in use; no page has this number. */
#define Z3FOLD_WORD_UNUSED	(~0UL << Z3FOLD_PAGENO_SHIFT)

enum {
	Z3FOLD_FREE,
	Z3FOLD_HELD,
	Z3FOLD_FRESH,
};

union z3fold_word {
	atomic_long_t val;
#if Z3FOLD_WORD_BYTE_STORE
	struct {
#ifdef __LITTLE_ENDIAN
		u8 first;
#else
		u8 pad[sizeof(long) - 1];
		u8 first;
#endif
	};
#endif
};

static_assert(sizeof(union z3fold_word) == sizeof(long));
static_assert(Z3FOLD_PAGENO_SHIFT == BITS_PER_LONG - (BITS_PER_LONG == 64 ? 40 : 20));

static inline unsigned long z3fold_word_encode(unsigned long pageno,
					       unsigned int start)
{
	return pageno << Z3FOLD_PAGENO_SHIFT |
	       (unsigned long)start << Z3FOLD_START_SHIFT;
}

static inline unsigned long z3fold_word_pageno(unsigned long val)
{
	return val >> Z3FOLD_PAGENO_SHIFT;
}

static inline unsigned int z3fold_word_start(unsigned long val)
{
	return val >> Z3FOLD_START_SHIFT & Z3FOLD_START_MASK;
}

static inline unsigned int z3fold_word_pins(unsigned long val)
{
	return !!(val & Z3FOLD_FIRST_MASK) +
	       ((val & Z3FOLD_COUNT_MASK) >> Z3FOLD_COUNT_SHIFT);
}

/* Page numbers: what a word can hold of a page. */
#ifdef CONFIG_64BIT
static inline unsigned long z3fold_pageno(struct page *page)
{
	return page_to_pfn(page);
}

static inline struct page *z3fold_pageno_page(unsigned long pageno)
{
	return pfn_to_page(pageno);
}
#else
static inline unsigned long z3fold_pageno(struct page *page)
{
	return (unsigned long)page_address(page) >> PAGE_SHIFT;
}

static inline struct page *z3fold_pageno_page(unsigned long pageno)
{
	return virt_to_page((void *)(pageno << PAGE_SHIFT));
}
#endif

static inline void *z3fold_pageno_address(unsigned long pageno)
{
	return page_address(z3fold_pageno_page(pageno));
}

static inline void *z3fold_word_address(unsigned long val)
{
	return z3fold_pageno_address(z3fold_word_pageno(val)) +
	       (z3fold_word_start(val) << Z3FOLD_CHUNK_SHIFT);
}

#endif /* _Z3FOLD_WORD_H */
