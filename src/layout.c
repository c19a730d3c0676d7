// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - a layout is looked at as a whole; layout.h has the hole arithmetic
 */
#include "internal.h"

static_assert(PAGE_SIZE <= U16_MAX, "z3fold needs pages of less than 64 KiB");

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
