// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - everything that must be true of a pool while nothing runs
 *
 * Beside the allocator's own validator, and without trust in it: this one
 * begins at the slab objects, not at the lists, and counts everything again.
 */
#include "host.h"

struct count {
	struct z3fold_pool *pool;
	struct z3fold_census census;
	unsigned long descriptors, pages, objects, chunks, words, zombies;
	unsigned long claimed, isolated, listed;
};

static u8 *seen;	/* per frame: how often found on a list */

static void check(bool good, const struct z3fold_page *zp, const char *what)
{
	if (!good)
		host_fail("page %lx, state %u: %s\n", zp ? zp->pageno : 0,
			  zp ? zp->state : 0, what);
}

static void check_words(struct z3fold_page *zp, struct count *c)
{
	unsigned int i, buddy;

	for (i = 0; i < Z3FOLD_BUDDIES; i++) {
		unsigned long handle = (unsigned long)&zp->words[i] | i;
		unsigned long val = z3fold_handle_read(handle);
		struct z3fold_page *owner;

		if (!(zp->used & BIT(i)))
			continue;
		c->words++;
		check((val & Z3FOLD_WORD_UNUSED) != Z3FOLD_WORD_UNUSED, zp,
		      "a word is used and marked unused");
		check(host_page_used(z3fold_word_pageno(val)), zp,
		      "a word leads to a free page");
		owner = (struct z3fold_page *)
			page_private(z3fold_pageno_page(z3fold_word_pageno(val)));
		check(owner, zp, "a word leads to a page of others");
		for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++)
			if (owner->objects[buddy] == handle)
				break;
		check(buddy < Z3FOLD_BUDDIES, zp,
		      "a word leads to a page that does not know it");
	}
}

static void check_objects(struct z3fold_page *zp, struct count *c)
{
	unsigned int buddy, n = 0, total = 0;

	for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++) {
		unsigned int bytes = zp->layout.bytes[buddy];
		unsigned int chunks = z3fold_size_to_chunks(bytes);

		if (zp->objects[buddy])
			check(z3fold_handle_used(zp->objects[buddy]), zp,
			      "an object's word is not in use");
		if (zp->objects[buddy] && !bytes)
			c->zombies++;
		if (!bytes)
			continue;
		n++;
		total += chunks;
		c->census.size[buddy][chunks]++;
		c->census.bytes += bytes;
	}
	c->objects += n;
	c->chunks += total;
	if (!n)
		return;
	c->census.room[Z3FOLD_CHUNKS - total]++;
	if (z3fold_layout_chunks(&zp->layout, Z3FOLD_FIRST) == Z3FOLD_CHUNKS)
		c->census.headless++;
	else
		c->census.kind[n]++;
}

static void check_descriptor(void *object, void *arg)
{
	struct z3fold_page *zp = object;
	struct count *c = arg;

	if (zp->shard->pool != c->pool)
		return;
	c->descriptors++;
	if (spin_is_locked(&zp->lock))
		host_fail("a page lock is left\n");
	spin_lock(&zp->lock);
	if (z3fold_page_validate(zp))
		host_fail("z3fold_page_validate() found errors\n");
	spin_unlock(&zp->lock);
	check_words(zp, c);
	if (zp->pageno == Z3FOLD_NO_PAGE)
		return;
	c->pages++;
	check(zp->movable == host_page_movable(z3fold_page_page(zp)), zp,
	      "marked movable or not, against what its descriptor says");
	check_objects(zp, c);
	switch (zp->state) {
	case Z3FOLD_LISTED:
		check(seen[zp->pageno] == 1, zp, "not on exactly one list");
		c->listed++;
		break;
	case Z3FOLD_CLAIMED:
		c->claimed++;
		break;
	case Z3FOLD_ISOLATED:
		c->isolated++;
		check(host_page_isolated(z3fold_page_page(zp)), zp,
		      "isolated in vain");
		break;
	case Z3FOLD_DYING:
		check(!z3fold_layout_buddies(&zp->layout), zp,
		      "a dying page has objects");
		break;
	default:
		check(false, zp, "in a state that must have passed");
	}
	seen[zp->pageno] = 0;
}

static unsigned long check_lists(struct z3fold_shard *shard)
{
	struct z3fold_page *zp;
	unsigned long pages = 0;
	unsigned int i, n;

	for (i = 0; i < Z3FOLD_CHUNKS; i++) {
		n = 0;
		list_for_each_entry(zp, &shard->lists[i], list) {
			check(zp->shard == shard, zp, "on another shard's list");
			check(zp->state == Z3FOLD_LISTED, zp,
			      "listed, and the state says no");
			check(zp->index == i, zp, "on another list");
			check(z3fold_layout_room(&zp->layout) == i, zp,
			      "on a list for other room");
			seen[zp->pageno]++;
			n++;
		}
		if (n != shard->length[i])
			host_fail("list %u: length %u, pages %u\n", i,
				  shard->length[i], n);
		if (!n != !(shard->map & BIT_ULL(i)))
			host_fail("list %u: %u pages, the map says otherwise\n",
				  i, n);
		pages += n;
	}
	return pages;
}

static unsigned long check_lru(struct z3fold_shard *shard)
{
	unsigned long pages = 0;
#if Z3FOLD_HAVE_RECLAIM
	struct z3fold_page *zp;

	list_for_each_entry(zp, &shard->lru.link, lru.link) {
		check(zp->shard == shard && zp->state != Z3FOLD_DYING &&
		      zp->state != Z3FOLD_NEW, zp, "on the LRU");
		pages++;
	}
#endif
	return pages;
}

static void check_sums(struct z3fold_pool *pool, const struct count *c)
{
	struct z3fold_census census;
	long objects = 0, chunks = 0;
	u64 sum_objects, sum_chunks;
	unsigned long pages;
	int cpu;

	z3fold_pool_census(pool, &census);
	if (memcmp(&census, &c->census, sizeof(census)))
		host_fail("the census is wrong\n");
	z3fold_census_sums(&census, &sum_objects, &sum_chunks);
	if (sum_objects != c->objects || sum_chunks != c->chunks)
		host_fail("the census' sums are wrong\n");
	for_each_possible_cpu(cpu) {
		struct z3fold_shard *shard = per_cpu_ptr(pool->shards, cpu);

		objects += shard->objects - shard->folded_objects;
		chunks += shard->chunks - shard->folded_chunks;
	}
	if (z3fold_pool_objects(pool) != c->objects ||
	    z3fold_pool_bytes(pool) != c->census.bytes ||
	    atomic_long_read(&pool->objects) + objects != (long)c->objects ||
	    atomic_long_read(&pool->chunks) + chunks != (long)c->chunks)
		host_fail("the pool's sums are wrong\n");
	if (atomic_long_read(&pool->descriptors) != (long)c->descriptors ||
	    z3fold_pool_pages(pool) != c->pages ||
	    z3fold_page_ghosts(pool) != c->descriptors - c->pages)
		host_fail("%lu descriptors, %lu pages: the pool says %ld, %lu\n",
			  c->descriptors, c->pages,
			  atomic_long_read(&pool->descriptors),
			  (unsigned long)z3fold_pool_pages(pool));
	if (pool->isolated != c->isolated)
		host_fail("%lu pages are isolated, the pool says %lu\n",
			  c->isolated, pool->isolated);
	if (c->words != c->objects + c->zombies)
		host_fail("%lu words, %lu objects, %lu zombies\n", c->words,
			  c->objects, c->zombies);
	/* A walk puts each page back where it was. */
	if (z3fold_pool_validate(pool, &pages) || pages != c->listed)
		host_fail("z3fold_pool_validate(): %lu of %lu pages\n", pages,
			  c->listed);
}

/**
 * host_check_pool() - check a quiet pool
 * @pool:	the pool
 * @objects:	what it must hold
 * @claimed:	pages in the hands of a reclaim that is under way
 */
void host_check_pool(struct z3fold_pool *pool, unsigned long objects,
		     unsigned long claimed)
{
	unsigned long listed = 0, lru = 0;
	struct count c = { .pool = pool };
	int cpu;

	if (!seen)
		seen = calloc(host_mem_pages(), 1);
	for_each_possible_cpu(cpu) {
		listed += check_lists(per_cpu_ptr(pool->shards, cpu));
		lru += check_lru(per_cpu_ptr(pool->shards, cpu));
	}
	host_cache_walk(check_descriptor, &c);
	if (listed != c.listed)
		host_fail("%lu pages on lists, %lu with that state\n", listed,
			  c.listed);
	if (c.claimed != claimed)
		host_fail("%lu pages are claimed by nobody\n",
			  c.claimed - claimed);
	if (Z3FOLD_HAVE_RECLAIM && lru != c.listed + c.claimed + c.isolated)
		host_fail("%lu pages on the LRU, not %lu\n", lru,
			  c.listed + c.claimed + c.isolated);
	check_sums(pool, &c);
	if (c.objects != objects)
		host_fail("%lu objects, not %lu\n", c.objects, objects);
}

void host_check_nothing_left(void)
{
	if (host_mem_used() || host_cache_live() || host_kmalloc_live())
		host_fail("left: %lu pages, %lu descriptors, %lu allocations\n",
			  host_mem_used(), host_cache_live(),
			  host_kmalloc_live());
}
