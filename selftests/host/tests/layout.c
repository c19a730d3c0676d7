// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - every layout of a page, and every size put into it, against a
 * picture of the page with one bit a chunk
 */
#include "tests.h"

static u64 bits(unsigned int start, unsigned int n)
{
	return n ? (n == 64 ? ~0ULL : ((1ULL << n) - 1) << start) : 0;
}

/* Where the objects are; false: they overlap or leave the page. */
static bool picture(const unsigned int c[3], unsigned int start, u64 *map)
{
	u64 b;

	if (c[0] > 64 || c[2] > 64 || (c[1] && start + c[1] > 64))
		return false;
	*map = bits(0, c[0]);
	b = c[2] ? bits(64 - c[2], c[2]) : 0;
	if (*map & b)
		return false;
	*map |= b;
	b = c[1] ? bits(start, c[1]) : 0;
	if (*map & b)
		return false;
	*map |= b;
	return true;
}

static void try_size(const struct z3fold_layout *l, const unsigned int c[3],
		     unsigned int chunks)
{
	unsigned int buddies = !!c[0] + !!c[1] + !!c[2], i;
	unsigned int free = 64 - c[0] - c[1] - c[2];
	struct z3fold_fit fit;
	unsigned int after[3];
	u64 before, map;
	bool fits;

	picture(c, l->start, &before);
	fits = z3fold_layout_fit(l, chunks, &fit);
	/* Exact: what has room anywhere, after a slide even, must be placed. */
	if (fits != (buddies < 3 && chunks <= free))
		host_fail("%u %u %u at %u: %u fits: %d\n", c[0], c[1], c[2],
			  l->start, chunks, fits);
	if (!fits)
		return;
	if (fit.buddy > 2 || c[fit.buddy])
		host_fail("%u %u %u: buddy %u is taken\n", c[0], c[1], c[2],
			  fit.buddy);
	for (i = 0; i < 3; i++)
		after[i] = c[i];
	after[fit.buddy] = chunks;
	if (!picture(after, c[1] || fit.buddy == 1 ? fit.middle : 0, &map) ||
	    (unsigned int)__builtin_popcountll(map) != 64 - free + chunks)
		host_fail("%u %u %u at %u: %u is put over others\n", c[0], c[1],
			  c[2], l->start, chunks);
	if (fit.start != (fit.buddy == 0 ? 0 :
			  fit.buddy == 1 ? fit.middle : 64 - chunks))
		host_fail("%u %u %u: %u starts at %u\n", c[0], c[1], c[2],
			  chunks, fit.start);
	/* MIDDLE slides only where the object fits on neither side. */
	if (c[1] && fit.middle != l->start) {
		unsigned int left = l->start - c[0];
		unsigned int right = 64 - c[2] - l->start - c[1];

		if ((!c[0] && chunks <= left) || (!c[2] && chunks <= right))
			host_fail("%u %u %u at %u: slides for %u in vain\n",
				  c[0], c[1], c[2], l->start, chunks);
	}
}

static unsigned long one_layout(const unsigned int c[3], unsigned int start)
{
	struct z3fold_layout l = { .start = start };
	unsigned int i, chunks, buddies = !!c[0] + !!c[1] + !!c[2];
	u64 map;
	bool valid = picture(c, start, &map);

	for (i = 0; i < 3; i++)		/* the fewest or most bytes of so many chunks */
		l.bytes[i] = c[i] ? c[i] * 64 - (start + i) % 2 * 63 : 0;
	if (z3fold_layout_valid(&l) != valid)
		host_fail("%u %u %u at %u: valid: %d\n", c[0], c[1], c[2], start,
			  !valid);
	if (!valid)
		return 0;
	if (z3fold_layout_free(&l) != 64 - (unsigned int)__builtin_popcountll(map) ||
	    z3fold_layout_buddies(&l) != buddies ||
	    z3fold_layout_room(&l) != (buddies == 3 ? 0 : z3fold_layout_free(&l)))
		host_fail("%u %u %u at %u: free, buddies, or room\n", c[0], c[1],
			  c[2], start);
	if ((c[0] && z3fold_layout_start(&l, 0) != 0) ||
	    (c[1] && z3fold_layout_start(&l, 1) != start) ||
	    (c[2] && z3fold_layout_start(&l, 2) != 64 - c[2]))
		host_fail("%u %u %u at %u: start\n", c[0], c[1], c[2], start);
	for (chunks = 1; chunks <= 64; chunks++)
		try_size(&l, c, chunks);
	return 1;
}

int test_layout(const struct options *o)
{
	unsigned long valid = 0, all = 0;
	unsigned int c[3], start;

	for (c[0] = 0; c[0] <= 64; c[0]++)
		for (c[1] = 0; c[1] <= 64; c[1]++)
			for (c[2] = 0; c[2] <= 64; c[2]++) {
				/* Far too large together: a few tell. */
				if (c[0] + c[1] + c[2] > 70)
					continue;
				for (start = 0; start < 64; start++) {
					valid += one_layout(c, start);
					all++;
				}
			}
	for (start = 1; start <= PAGE_SIZE; start++)
		if (z3fold_size_to_chunks(start) != (start + 63) / 64)
			host_fail("%u bytes are %u chunks\n", start,
				  z3fold_size_to_chunks(start));
	for (all = 0; all < 1000; all++)
		for (start = 0; start < 3000; start += 7) {
			unsigned long b = z3fold_pool_bound(all, start);

			if (b * 3 < all || b * 64 < start ||
			    (b && (b - 1) * 3 >= all && (b - 1) * 64 >= start))
				host_fail("bound of %lu, %u\n", all, start);
		}
	printf("# %lu layouts, each with 64 sizes\n", valid);
	return 0;
}
