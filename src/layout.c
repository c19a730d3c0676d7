// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - the hole arithmetic, all of it
 */
#include "internal.h"

static_assert(PAGE_SIZE <= U16_MAX, "z3fold needs pages of less than 64 KiB");

/**
 * z3fold_layout_fit() - find the place of a new object in a page
 * @l:		the page's layout
 * @chunks:	the object's size in chunks, 1 to Z3FOLD_CHUNKS
 * @fit:	where it goes
 *
 * The second object of a page goes to the end opposite the first, so that the
 * hole stays in one piece; the third lies against FIRST.  MIDDLE slides only
 * where the object fits on neither side of it.
 *
 * Context: any; the caller holds whatever makes @l stable.
 * Return: false if the page has no room for it.
 */
bool z3fold_layout_fit(const struct z3fold_layout *l, unsigned int chunks,
		       struct z3fold_fit *fit)
{
	unsigned int first = z3fold_layout_chunks(l, Z3FOLD_FIRST);
	unsigned int middle = z3fold_layout_chunks(l, Z3FOLD_MIDDLE);
	unsigned int last = z3fold_layout_chunks(l, Z3FOLD_LAST);

	fit->buddies = !!first + !!middle + !!last;
	fit->free = Z3FOLD_CHUNKS - first - middle - last;
	if (fit->buddies == Z3FOLD_BUDDIES || chunks > fit->free)
		return false;
	fit->middle = l->start;
	if (!middle) {
		if (first && last) {
			fit->buddy = Z3FOLD_MIDDLE;
			fit->middle = first;
			fit->start = first;
			return true;
		}
		fit->buddy = first ? Z3FOLD_LAST : Z3FOLD_FIRST;
	} else if (!first && chunks <= l->start) {
		fit->buddy = Z3FOLD_FIRST;
	} else if (!last) {
		fit->buddy = Z3FOLD_LAST;
		if (chunks > Z3FOLD_CHUNKS - l->start - middle)
			fit->middle = first;
	} else {
		fit->buddy = Z3FOLD_FIRST;
		fit->middle = Z3FOLD_CHUNKS - last - middle;
	}
	fit->start = fit->buddy == Z3FOLD_FIRST ? 0 : Z3FOLD_CHUNKS - chunks;
	return true;
}

/**
 * z3fold_layout_valid() - no object overlaps another or leaves the page
 * @l:		the layout
 *
 * Context: any; the caller holds whatever makes @l stable.
 * Return: true if it is sound.
 */
bool z3fold_layout_valid(const struct z3fold_layout *l)
{
	unsigned int middle = z3fold_layout_chunks(l, Z3FOLD_MIDDLE);

	if (z3fold_layout_chunks(l, Z3FOLD_FIRST) + middle + z3fold_layout_chunks(l, Z3FOLD_LAST) >
	    Z3FOLD_CHUNKS)
		return false;
	return !middle ||
	       (l->start >= z3fold_layout_chunks(l, Z3FOLD_FIRST) &&
		l->start + middle <= Z3FOLD_CHUNKS - z3fold_layout_chunks(l, Z3FOLD_LAST));
}
