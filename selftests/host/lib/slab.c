// SPDX-License-Identifier: GPL-2.0-only
/*
 * slab.c - kmalloc, slab caches, per-CPU data; all of it counted
 */
#include <stdarg.h>
#include <stdio.h>
#include "host.h"
#include "sanitizer.h"

struct kmem_cache {
	unsigned int size, align;
	unsigned long live;
	struct host_raw lock;
	struct list_head objects;
};

static struct kmem_cache *the_cache;	/* z3fold has one */
static unsigned long kmalloc_live;

static void check_context(gfp_t gfp, const char *what)
{
	if (gfp & __GFP_DIRECT_RECLAIM)
		host_might_sleep(what);
	if (host_self->preempt || host_self->depth)
		host_fail("%s under a lock\n", what);
	host_point();
}

unsigned long host_kmalloc_live(void)
{
	return __atomic_load_n(&kmalloc_live, __ATOMIC_RELAXED);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	void *p;

	check_context(gfp, "kzalloc");
	if (host_should_fail())
		return NULL;
	if (posix_memalign(&p, 64, size))
		return NULL;
	memset(p, 0, size);
	__atomic_fetch_add(&kmalloc_live, 1, __ATOMIC_RELAXED);
	return p;
}

void kfree(const void *p)
{
	if (host_self->preempt)
		host_fail("kfree with preemption off\n");
	if (!p)
		return;
	__atomic_fetch_sub(&kmalloc_live, 1, __ATOMIC_RELAXED);
	free((void *)p);
}

char *kstrdup(const char *s, gfp_t gfp)
{
	char *copy = kzalloc(strlen(s) + 1, gfp);

	return copy ? strcpy(copy, s) : NULL;
}

char *kasprintf(gfp_t gfp, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return kstrdup(text, gfp);
}

void *host_alloc_percpu(size_t size, gfp_t gfp)
{
	char *p;
	int cpu;

	if (size > HOST_PERCPU_UNIT)
		host_fail("per-CPU data of %zu bytes\n", size);
	p = kzalloc(HOST_PERCPU_UNIT * nr_cpu_ids, gfp);
	if (!p)
		return NULL;
	host_asan_poison(p, HOST_PERCPU_UNIT * nr_cpu_ids);
	for_each_possible_cpu(cpu)
		host_asan_unpoison(p + cpu * HOST_PERCPU_UNIT, size);
	return p;
}

void free_percpu(void *p)
{
	if (p)
		host_asan_unpoison(p, HOST_PERCPU_UNIT * nr_cpu_ids);
	kfree(p);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *))
{
	struct kmem_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

	if (!cache)
		return NULL;
	if (the_cache || align & (align - 1) || align < sizeof(struct list_head))
		host_fail("a slab cache that the harness does not know\n");
	cache->size = size;
	cache->align = align;
	INIT_LIST_HEAD(&cache->objects);
	the_cache = cache;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	if (cache->live)
		host_fail("a slab cache is destroyed with %lu live objects\n",
			  cache->live);
	the_cache = NULL;
	kfree(cache);
}

unsigned long host_cache_live(void)
{
	return the_cache ? __atomic_load_n(&the_cache->live, __ATOMIC_RELAXED) : 0;
}

#ifdef HOST_BENCH
/* Free objects of each thread, as the kernel has them for each CPU. */
static __thread void *free_objects;

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *p = free_objects;

	if (!p) {
		unsigned int i, size = ALIGN(cache->size, cache->align);
		char *slab = aligned_alloc(4096, 4096);

		for (i = 0; i < 4096 / size; i++) {
			p = slab + i * size;
			*(void **)p = free_objects;
			free_objects = p;
		}
	}
	free_objects = *(void **)p;
	memset(p, 0, cache->size);
	return p;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	*(void **)object = free_objects;
	free_objects = object;
}
#else
/*
 * The object is preceded by a list entry.  The alignment is exact: neither
 * more nor less than what was asked for.
 */
static struct list_head *entry_of(const void *object)
{
	return (struct list_head *)object - 1;
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	char *block, *object;

	if (gfp & (__GFP_HIGHMEM | __GFP_MOVABLE))
		host_fail("slab objects are neither highmem nor movable\n");
	check_context(gfp, "kmem_cache_zalloc");
	if (host_should_fail())
		return NULL;
	if (posix_memalign((void **)&block, 2 * cache->align,
			   cache->align + cache->size))
		return NULL;
	object = block + cache->align;
	memset(object, 0, cache->size);
	host_raw_lock(&cache->lock);
	list_add_tail(entry_of(object), &cache->objects);
	cache->live++;
	host_raw_unlock(&cache->lock);
	return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	char *start = object;
	unsigned int i;

	host_point();
	if (host_self->preempt)
		host_fail("kmem_cache_free with preemption off\n");
	for (i = 0; i < host_self->depth; i++)
		if ((char *)host_self->held[i] >= start &&
		    (char *)host_self->held[i] < start + cache->size)
			host_fail("an object is freed with its lock held\n");
	host_raw_lock(&cache->lock);
	list_del(entry_of(object));
	cache->live--;
	host_raw_unlock(&cache->lock);
	memset(object, 0x6b, cache->size);
	free(start - cache->align);
	host_point();
}

void host_cache_walk(void (*fn)(void *object, void *arg), void *arg)
{
	struct list_head *entry;

	for (entry = the_cache->objects.next; entry != &the_cache->objects;
	     entry = entry->next)
		fn(entry + 1, arg);
}
#endif

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return kmem_cache_zalloc(cache, gfp);
}
