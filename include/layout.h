/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - how up to three objects lie in one page, in chunks
 *
 *    chunk 0                                                       64
 *      | FIRST ......|  hole  | MIDDLE ......|  hole  |...... LAST |
 *                             ^ start
 *
 * FIRST begins at the page's start, LAST ends at its end; they never move
 * within their page.  MIDDLE lies between them and may slide, so that the free
 * chunks become one hole.  An object that fills the page is a FIRST of 64
 * chunks.  Pure arithmetic: no locks, no memory, the same in userspace.
 */
#ifndef _Z3FOLD_LAYOUT_H
#define _Z3FOLD_LAYOUT_H

#define Z3FOLD_CHUNKS_ORDER	6
#define Z3FOLD_CHUNKS		(1U << Z3FOLD_CHUNKS_ORDER)	/* a page */
#define Z3FOLD_CHUNK_SHIFT	(PAGE_SHIFT - Z3FOLD_CHUNKS_ORDER)
#define Z3FOLD_CHUNK_SIZE	(1U << Z3FOLD_CHUNK_SHIFT)	/* bytes */

enum z3fold_buddy {
	Z3FOLD_FIRST,
	Z3FOLD_MIDDLE,
	Z3FOLD_LAST,
	Z3FOLD_BUDDIES,
};

/**
 * struct z3fold_layout - what lies where in a page
 * @bytes:	the size of each buddy in bytes, 0: none
 * @start:	the chunk where MIDDLE begins; meaningless without one
 */
struct z3fold_layout {
	/* static_assert in layout.c: a page's size fits */
	u16 bytes[Z3FOLD_BUDDIES];
	u8 start;
};

/**
 * struct z3fold_fit - where a new object goes
 * @buddy:	the buddy that it becomes
 * @start:	its first chunk
 * @middle:	where MIDDLE must begin for that
 * @buddies:	that the page has before
 * @free:	chunks, likewise
 */
struct z3fold_fit {
	u8 buddy;
	u8 start;
	u8 middle;
	u8 buddies;
	u8 free;
};

static inline unsigned int z3fold_size_to_chunks(unsigned int bytes)
{
	return (bytes + Z3FOLD_CHUNK_SIZE - 1) >> Z3FOLD_CHUNK_SHIFT;
}

static inline unsigned int z3fold_layout_chunks(const struct z3fold_layout *l,
						unsigned int buddy)
{
	return z3fold_size_to_chunks(l->bytes[buddy]);
}

static inline unsigned int z3fold_layout_free(const struct z3fold_layout *l)
{
	return Z3FOLD_CHUNKS - z3fold_layout_chunks(l, Z3FOLD_FIRST) -
	       z3fold_layout_chunks(l, Z3FOLD_MIDDLE) -
	       z3fold_layout_chunks(l, Z3FOLD_LAST);
}

static inline unsigned int z3fold_layout_buddies(const struct z3fold_layout *l)
{
	return !!l->bytes[Z3FOLD_FIRST] + !!l->bytes[Z3FOLD_MIDDLE] +
	       !!l->bytes[Z3FOLD_LAST];
}

/* The chunks that another object could get: none where there are three. */
static inline unsigned int z3fold_layout_room(const struct z3fold_layout *l)
{
	return z3fold_layout_buddies(l) == Z3FOLD_BUDDIES ?
		       0 : z3fold_layout_free(l);
}

static inline unsigned int z3fold_layout_start(const struct z3fold_layout *l,
					       unsigned int buddy)
{
	switch (buddy) {
	case Z3FOLD_FIRST:
		return 0;
	case Z3FOLD_MIDDLE:
		return l->start;
	default:
		return Z3FOLD_CHUNKS - z3fold_layout_chunks(l, Z3FOLD_LAST);
	}
}

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
static __always_inline bool z3fold_layout_fit(const struct z3fold_layout *l,
					      unsigned int chunks,
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

/* Has MIDDLE to slide before the new object can be put? */
static inline bool z3fold_layout_slides(const struct z3fold_layout *l,
					const struct z3fold_fit *fit)
{
	return fit->middle != l->start && l->bytes[Z3FOLD_MIDDLE];
}

bool z3fold_layout_valid(const struct z3fold_layout *l);

#endif /* _Z3FOLD_LAYOUT_H */
