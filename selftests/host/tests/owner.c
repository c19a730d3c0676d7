// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner.c - an owner as zswap: entries with references, found by a name that
 * its callback reads in the object
 */
#include "owner.h"

static void pause_sometimes(void)
{
	if (host_mode == HOST_SINGLE)
		return;
	if (!host_below(8))
		host_sleep();		/* with the object mapped: legal */
	else
		host_point();
}

static struct entry *get(struct owner *o, u32 name)
{
	struct entry *e;

	host_raw_lock(&o->slot[name].lock);
	e = o->slot[name].entry;
	if (e)
		e->refs++;
	host_raw_unlock(&o->slot[name].lock);
	return e;
}

/* The last reference frees the object: with the slot's lock, as zswap does. */
static void put_locked(struct owner *o, struct entry *e)
{
	if (--e->refs)
		return;
	z3fold_free(o->pool, e->handle);
	free(e);
}

static void put(struct owner *o, struct entry *e)
{
	u32 name = e->name;

	host_raw_lock(&o->slot[name].lock);
	put_locked(o, e);
	host_raw_unlock(&o->slot[name].lock);
}

/* Take @e out, unless that was done already; @e NULL: whatever is there. */
static void drop_locked(struct owner *o, u32 name, struct entry *e)
{
	struct entry *found = o->slot[name].entry;

	if (!found || (e && found != e))
		return;
	o->slot[name].entry = NULL;
	put_locked(o, found);
}

int owner_store(struct owner *o, u32 name, unsigned int size)
{
	struct entry *e = malloc(sizeof(*e));
	int err;

	e->size = size;
	e->name = name;
	e->seed = host_random();
	e->refs = 1;
	err = z3fold_alloc(o->pool, size, GFP_NOWAIT | __GFP_HIGHMEM |
			   __GFP_MOVABLE, &e->handle);
	if (err) {
		if (err != -ENOMEM)
			host_fail("z3fold_alloc(%u): %d\n", size, err);
		free(e);
		return err;
	}
	host_point();
	payload_write(z3fold_map(o->pool, e->handle), size, name, e->seed);
	z3fold_unmap(o->pool, e->handle);

	host_raw_lock(&o->slot[name].lock);
	drop_locked(o, name, NULL);
	o->slot[name].entry = e;
	host_raw_unlock(&o->slot[name].lock);
	__atomic_fetch_add(&o->stored, 1, __ATOMIC_RELAXED);
	return 0;
}

bool owner_load(struct owner *o, u32 name)
{
	struct entry *e = get(o, name);
	void *p;

	if (!e)
		return false;
	p = z3fold_map(o->pool, e->handle);
	payload_check(p, e->size, e->name, e->seed);
	pause_sometimes();
	if (!host_below(4)) {
		/* Nobody else writes what one has mapped. */
		if (z3fold_map(o->pool, e->handle) != p)
			host_fail("two mappings of one object differ\n");
		z3fold_unmap(o->pool, e->handle);
	}
	payload_check(p, e->size, e->name, e->seed);
	z3fold_unmap(o->pool, e->handle);
	put(o, e);
	__atomic_fetch_add(&o->loaded, 1, __ATOMIC_RELAXED);
	return true;
}

void owner_invalidate(struct owner *o, u32 name)
{
	host_raw_lock(&o->slot[name].lock);
	drop_locked(o, name, NULL);
	host_raw_unlock(&o->slot[name].lock);
}

/*
 * zswap_writeback_entry(): what is found under the name need not be the object
 * that we were called for.  5.10 keeps that one mapped to the end, over its
 * free; 6.1 lets go of it and maps again.
 */
static int evict(void *owner, unsigned long handle)
{
	bool keep_mapped = host_below(2);
	struct owner *o = owner;
	struct entry *e;
	int err = 0;
	void *p;
	u32 name;

	host_might_sleep("evict");
	p = z3fold_map(o->pool, handle);
	name = payload_name(p);
	if (name >= o->slots)
		host_fail("evict is called for what is no object\n");
	if (!keep_mapped)
		z3fold_unmap(o->pool, handle);
	pause_sometimes();

	e = get(o, name);
	if (!e) {
		__atomic_fetch_add(&o->not_found, 1, __ATOMIC_RELAXED);
		goto out;
	}
	if (!host_below(8)) {
		err = -ENOMEM;
		put(o, e);
		goto out;
	}
	/* "Written back" */
	payload_check(z3fold_map(o->pool, e->handle), e->size, e->name, e->seed);
	pause_sometimes();
	z3fold_unmap(o->pool, e->handle);
	if (!host_below(16))
		z3fold_compact_try(o->pool, 2);
	host_raw_lock(&o->slot[name].lock);
	drop_locked(o, name, e);
	put_locked(o, e);
	host_raw_unlock(&o->slot[name].lock);
	__atomic_fetch_add(&o->evicted, 1, __ATOMIC_RELAXED);
out:
	if (keep_mapped) {
		if (payload_name(p) != name)
			host_fail("a mapped object changed\n");
		z3fold_unmap(o->pool, handle);
	}
	return err;
}

void owner_init(struct owner *o, unsigned int slots, bool evicts)
{
	memset(o, 0, sizeof(*o));
	o->slots = slots;
	do
		o->pool = z3fold_pool_create("owner", evicts ? evict : NULL, o);
	while (!o->pool);
}

void owner_empty(struct owner *o)
{
	u32 name;

	for (name = 0; name < o->slots; name++)
		owner_invalidate(o, name);
}

static unsigned long events[Z3FOLD_NR_EVENTS];

void owner_report(void)
{
	printf("# moved: %lu in a page, %lu between pages, %lu pages migrated, %lu refused for pins\n",
	       events[Z3FOLD_MOVED_IN_PAGE], events[Z3FOLD_MOVED_BETWEEN_PAGES],
	       events[Z3FOLD_PAGES_MIGRATED],
	       events[Z3FOLD_MOVED_IN_PAGE_PINNED] +
		       events[Z3FOLD_MOVED_BETWEEN_PAGES_PINNED] +
		       events[Z3FOLD_MIGRATE_PINNED]);
	printf("# pages: %lu evicted, %lu not, %lu deferred, %lu unmovable\n",
	       events[Z3FOLD_EVICTED], events[Z3FOLD_EVICT_FAILED],
	       events[Z3FOLD_PAGES_DEFERRED], events[Z3FOLD_PAGES_UNMOVABLE]);
}

void owner_exit(struct owner *o)
{
	unsigned int i;

	for (i = 0; i < Z3FOLD_NR_EVENTS; i++)
		events[i] += z3fold_pool_events(o->pool, i);
	owner_empty(o);
	z3fold_pool_destroy(o->pool);
}

void owner_random(struct owner *o)
{
	u32 name = host_below(o->slots);

	switch (host_below(8)) {
	case 0: case 1: case 2:
		owner_store(o, name, payload_size());
		break;
	case 3: case 4: case 5:
		owner_load(o, name);
		break;
	default:
		owner_invalidate(o, name);
	}
}

void owner_migrate_random(void)
{
	unsigned long n = host_mem_pages(), pfn = host_below(n), i;
	struct page *page, *newpage;

	for (i = 0; i < n && !host_page_used(pfn); i++)
		pfn = (pfn + 1) % n;
	page = pfn_to_page(pfn);
	if (!host_isolate(page))
		return;
	pause_sometimes();
	if (!host_below(4) ||
	    host_migrate(page, &newpage, host_below(4), 1 + host_below(3)))
		host_putback(page);
}
