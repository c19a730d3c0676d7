// SPDX-License-Identifier: GPL-2.0-only
/*
 * payload.c - contents that show whose they are, and every changed byte
 *
 * As in zswap of 6.1 an object begins with a header, from which the callback
 * of a reclaim learns what it is asked to let go: it is not told otherwise.
 */
#include "tests.h"

struct header {
	u32 name, size, seed, magic;
};

#define MAGIC	0x33666f7aU

static u64 mix(u32 seed, u64 i)
{
	return (seed + 1) * 0x9e3779b97f4a7c15ULL + i * 0xbf58476d1ce4e5b9ULL;
}

/* The bytes from @at on are the rest of a stream of words. */
static void fill(char *p, unsigned int at, unsigned int size, u32 seed)
{
	unsigned int i, n;

	for (i = at; i < size; i += n) {
		u64 w = mix(seed, i);

		n = min(size - i, 8U);
		__builtin_memcpy(p + i, &w, n);
	}
}

void payload_write(void *p, unsigned int size, u32 name, u32 seed)
{
	struct header h = { name, size, seed, MAGIC };
	unsigned int at = 0;

	if (size >= PAYLOAD_MIN) {
		__builtin_memcpy(p, &h, sizeof(h));
		at = sizeof(h);
	}
	fill(p, at, size, seed);
}

static void compare(const char *p, unsigned int at, unsigned int size, u32 seed)
{
	unsigned int i, n;

	for (i = at; i < size; i += n) {
		u64 w = mix(seed, i), found = 0;

		n = min(size - i, 8U);
		__builtin_memcpy(&found, p + i, n);
		if (n < 8)
			w &= (1ULL << 8 * n) - 1;
		if (found != w)
			host_fail("byte %u of %u at %p: %llx instead of %llx\n",
				  i, size, p, (long long)found, (long long)w);
	}
}

void payload_check(const void *p, unsigned int size, u32 name, u32 seed)
{
	const struct header *h = p;
	unsigned int at = 0;

	if (size >= PAYLOAD_MIN) {
		if (h->magic != MAGIC || h->name != name || h->size != size ||
		    h->seed != seed)
			host_fail("%p holds %u (size %u), not %u (size %u)\n", p,
				  h->name, h->size, name, size);
		at = sizeof(*h);
	}
	compare(p, at, size, seed);
}

/* Checks the object as a whole, by what it says of itself. */
u32 payload_name(const void *p)
{
	const struct header *h = p;

	if (h->magic != MAGIC || h->size > PAGE_SIZE)
		host_fail("%p holds no object\n", p);
	compare(p, sizeof(*h), h->size, h->seed);
	return h->name;
}

unsigned int payload_most;

/* As zswap has them: most between a quarter and a half of a page. */
unsigned int payload_size(void)
{
	if (payload_most)
		return PAYLOAD_MIN + host_below(payload_most);
	switch (host_below(8)) {
	case 0:
		return PAYLOAD_MIN + host_below(PAGE_SIZE - PAYLOAD_MIN + 1);
	case 1:
		return PAYLOAD_MIN + host_below(512);
	case 2:
		return host_below(16) ? 2048 + host_below(1024) : PAGE_SIZE;
	default:
		return 800 + host_below(1200);
	}
}
