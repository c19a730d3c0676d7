// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops.c - byte strings become operations on a pool, checked against a model
 *
 * Four bytes are one operation, so any string is valid, and a failing one
 * stays so when others are left out of it.  The random test, the fuzzer, the
 * corpus and the shrinker of failing cases all come here.
 *
 * One task: the pool is checked as a whole after each operation.
 */
#include "tests.h"

#define SLOTS		256
#define ISOLATED	8
#define MAX_DEPTH	2	/* operations within a callback within ... */

struct slot {
	unsigned long handle;	/* 0: none */
	unsigned int size;
	u32 seed;
	unsigned int id;
	unsigned int pins;
	char *address;
};

static struct {
	struct z3fold_pool *pool;
	struct slot slot[SLOTS];
	struct page *isolated[ISOLATED];
	struct page *locked;
	unsigned long objects, claimed;
	unsigned int id, depth;
	const u8 *p, *end;
} w;

static void run_one(void);

static void verify(struct slot *s)
{
	char *p = z3fold_map(w.pool, s->handle);

	if (s->pins && p != s->address)
		host_fail("an object moved while it was mapped\n");
	payload_check(p, s->size, s - w.slot, s->seed);
	z3fold_unmap(w.pool, s->handle);
}

static void verify_all(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (w.slot[i].handle)
			verify(&w.slot[i]);
}

static void do_alloc(struct slot *s, unsigned int size, gfp_t gfp, bool fresh)
{
	unsigned long handle = 0;
	int err;

	if (s->handle)
		return;
	err = z3fold_alloc(w.pool, size, gfp, &handle);
	if (err) {
		if (err != (size ? size > PAGE_SIZE ? -ENOSPC : -ENOMEM : -EINVAL))
			host_fail("z3fold_alloc(%u): %d\n", size, err);
		return;
	}
	if (!size || size > PAGE_SIZE)
		host_fail("z3fold_alloc(%u) succeeds\n", size);
	s->handle = handle;
	s->size = size;
	s->id = ++w.id;
	s->seed = w.id * 2654435761U;
	s->pins = 0;
	w.objects++;
	s->address = z3fold_map(w.pool, handle);
	if (((unsigned long)s->address & ~(PAGE_SIZE - 1)) !=
	    (((unsigned long)s->address + size - 1) & ~(PAGE_SIZE - 1)))
		host_fail("an object leaves its page\n");
	payload_write(s->address, size, s - w.slot, s->seed);
	if (fresh)
		s->pins = 1;
	else
		z3fold_unmap(w.pool, handle);
}

static void do_free(struct slot *s)
{
	if (!s->handle || s->pins)
		return;		/* no owner frees what it has mapped */
	z3fold_free(w.pool, s->handle);
	s->handle = 0;
	w.objects--;
}

static void do_map(struct slot *s)
{
	char *p;

	if (!s->handle)
		return;
	p = z3fold_map(w.pool, s->handle);
	if (s->pins && p != s->address)
		host_fail("an object moved while it was mapped\n");
	s->address = p;
	s->pins++;
}

static void do_unmap(struct slot *s)
{
	if (!s->handle || !s->pins)
		return;
	payload_check(s->address, s->size, s - w.slot, s->seed);
	z3fold_unmap(w.pool, s->handle);
	s->pins--;
}

static struct page *page_of(struct slot *s)
{
	if (!s->handle)
		return NULL;
	return z3fold_pageno_page(z3fold_word_pageno(z3fold_handle_read(s->handle)));
}

static void do_isolate(struct slot *s, unsigned int i)
{
	struct page *page = page_of(s);

	if (page && !w.isolated[i % ISOLATED] && page != w.locked &&
	    host_isolate(page))
		w.isolated[i % ISOLATED] = page;
}

static void do_migrate(unsigned int i, unsigned int mode)
{
	struct page *page = w.isolated[i % ISOLATED], *newpage;

	if (!page || page == w.locked)
		return;
	if (host_migrate(page, &newpage, mode % 3 ? MIGRATE_SYNC :
			 mode ? MIGRATE_SYNC_NO_COPY : MIGRATE_ASYNC, 1))
		return;
	w.isolated[i % ISOLATED] = NULL;
}

static void do_putback(unsigned int i)
{
	struct page *page = w.isolated[i % ISOLATED];

	if (!page || page == w.locked)
		return;
	host_putback(page);
	w.isolated[i % ISOLATED] = NULL;
}

/* Somebody who walks all page frames has one locked for a while. */
static void do_lock(struct slot *s)
{
	struct page *page;

	if (w.locked) {
		unlock_page(w.locked);
		put_page(w.locked);
		w.locked = NULL;
		return;
	}
	page = page_of(s);
	if (page && trylock_page(page)) {
		get_page(page);
		w.locked = page;
	}
}

static void do_many(unsigned int first, unsigned int step, unsigned int n,
		    unsigned int size)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct slot *s = &w.slot[(first + i * (step + 1)) % SLOTS];

		if (size)
			do_alloc(s, size, GFP_NOWAIT, false);
		else
			do_free(s);
	}
}

/* The owner is asked to let go, and does what its next bytes say. */
static int evict(void *owner, unsigned long handle)
{
	unsigned int i, how = w.p < w.end ? *w.p % 8 : 1;
	struct slot *s, was;
	char *p = NULL;

	for (i = 0; i < SLOTS && w.slot[i].handle != handle; i++)
		;
	if (i == SLOTS)
		host_fail("evict is called for an object that is not there\n");
	s = &w.slot[i];
	if (s->pins)
		host_fail("evict is called for an object that is mapped\n");
	was = *s;
	if (how & 1)
		p = z3fold_map(w.pool, handle);
	if (how & 2)
		run_one();
	if (how != 4 && s->handle == handle && s->id == was.id && !s->pins)
		do_free(s);
	if (how & 4)
		run_one();
	if (!p)
		return how == 4 ? -ENOMEM : 0;
	/* A zombie keeps its bytes until we return. */
	payload_check(p, was.size, i, was.seed);
	z3fold_unmap(w.pool, handle);
	return 0;
}

static void do_reclaim(unsigned int pages)
{
	unsigned int done = 0;
	bool empty = !z3fold_pool_pages(w.pool);
	int err;

	if (!Z3FOLD_HAVE_RECLAIM || w.depth >= MAX_DEPTH)
		return;
	w.depth++;
	w.claimed++;
	err = z3fold_reclaim(w.pool, pages, pages & 1 ? &done : NULL);
	w.claimed--;
	w.depth--;
	if (err != 0 && err != -EAGAIN && !(err == -EINVAL && empty))
		host_fail("z3fold_reclaim(): %d\n", err);
	if (done > pages || (pages & 1 && !err && done < pages))
		host_fail("z3fold_reclaim(%u): %u\n", pages, done);
}

static void run_op(unsigned int op, unsigned int a, unsigned int b,
		   unsigned int c)
{
	struct slot *s = &w.slot[a];

	switch (op % 24) {
	case 0: case 1: case 2: case 3: case 4:
		do_alloc(s, 1 + (b << 4 | c % 16) % PAGE_SIZE,
			 GFP_NOWAIT | __GFP_HIGHMEM | __GFP_MOVABLE, c & 16);
		break;
	case 5:
		do_alloc(s, b < 8 ? 0 : b < 16 ? PAGE_SIZE + 1 + c :
			 b < 64 ? PAGE_SIZE - c : 1 + c, GFP_NOWAIT, false);
		break;
	case 6: case 7: case 8: case 9:
		do_free(s);
		break;
	case 10:
		do_map(s);
		break;
	case 11:
		do_unmap(s);
		break;
	case 12:
		if (s->handle)
			verify(s);
		break;
	case 13:
		do_isolate(s, b);
		break;
	case 14:
		do_migrate(b, c);
		break;
	case 15:
		do_putback(b);
		break;
	case 16:
		if (w.depth)
			z3fold_compact_try(w.pool, c);
		else
			z3fold_compact_pool(w.pool);
		break;
	case 17:
		z3fold_compact_try(w.pool, c);
		break;
	case 18:
		host_shrink_count();
		host_shrink(1 + c);
		break;
	case 19:
		do_reclaim(1 + c % 8);
		break;
	case 20:
		/* A deferred release asks for another try. */
		if (host_work_step())
			host_work_step();
		break;
	case 21:
		host_self->cpu = b % nr_cpu_ids;
		host_fail_next = c % 16 < 4 ? c % 16 : 0;
		break;
	case 22:
		do_lock(s);
		break;
	case 23:
		do_many(a, b % 8, 8 + c % 64, b & 128 ? 0 : 1 + b * 31);
		break;
	}
	if (op % 24 > 12)
		verify_all();
}

static void run_one(void)
{
	const u8 *p = w.p;

	if (w.end - w.p < OP_BYTES)
		return;
	w.p += OP_BYTES;
	run_op(p[0], p[1], p[2], p[3]);
	if (!w.depth)
		host_check_pool(w.pool, w.objects, 0);
}

void ops_run(const u8 *data, size_t size)
{
	unsigned int i;

	__builtin_memset(&w, 0, sizeof(w));
	host_fail_next = 0;
	w.pool = z3fold_pool_create("ops", evict, NULL);
	if (!w.pool)
		host_fail("no pool\n");
	w.p = data;
	w.end = data + size;
	while (w.end - w.p >= OP_BYTES)
		run_one();
	host_fail_next = 0;
	verify_all();
	for (i = 0; i < SLOTS; i++) {
		while (w.slot[i].handle && w.slot[i].pins)
			do_unmap(&w.slot[i]);
		do_free(&w.slot[i]);
	}
	if (w.locked)
		do_lock(NULL);
	for (i = 0; i < ISOLATED; i++)
		do_putback(i);
	z3fold_pool_destroy(w.pool);
	while (host_work_step())
		;
	if (host_mem_used() || host_cache_live())
		host_fail("left: %lu pages, %lu descriptors\n", host_mem_used(),
			  host_cache_live());
}
