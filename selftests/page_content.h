/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What swapload writes: page contents as a pure function of (seed, page, generation), so that any page can be checked
 * byte for byte at any time without a copy of it.
 *
 * A page is eight stretches. Each begins with random text and goes on repeating a phrase of 32 bytes; the length of the
 * random part decides how well the page compresses, and is chosen so that lzo comes out near a size drawn from real
 * programs' pages (data/lzo_sizes.h). The text has an alphabet of 64 characters: lzo finds nothing in it, zstd gets it
 * to three quarters, which is about how the two differ on real pages. Phrase and text are the page's own: no eight
 * bytes of a page are right in another page, or in another generation of the same one.
 */
#ifndef PAGE_CONTENT_H
#define PAGE_CONTENT_H

#include <stdint.h>

#include "data/lzo_sizes.h"

#define PAGE_BYTES	4096
#define PAGE_WORDS	(PAGE_BYTES / 8)
#define STRETCHES	8
#define STRETCH_WORDS	(PAGE_WORDS / STRETCHES)
#define PHRASE_WORDS	4

struct page_content {
	uint64_t key;
	uint64_t phrase[PHRASE_WORDS];
	unsigned int random_words;
};

/* splitmix64's output function: a bijection in which each bit of the input matters. */
static inline uint64_t mix64(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Eight characters of ' ' to '_'. */
static inline uint64_t text_word(uint64_t key, unsigned int i)
{
	return (mix64(key + i * 0x9e3779b97f4a7c15ULL) & 0x3f3f3f3f3f3f3f3fULL) + 0x2020202020202020ULL;
}

/*
 * How many words of random text make a page that lzo compresses to about @bytes. Measured: phrase, matches and literal
 * runs take 100 bytes, and lzo is 4 % over the random text's own size. The mean of many pages is right within 2 %.
 */
static inline unsigned int random_words_for(unsigned int bytes)
{
	unsigned int words = bytes > 100 ? (bytes - 100) * 10 / 83 : 0;

	return words < PAGE_WORDS ? words : PAGE_WORDS;
}

/* @bytes: how many lzo shall make of it; 0: as many as of a real page. */
static inline struct page_content page_content(uint64_t seed, uint64_t page, uint64_t generation, unsigned int bytes)
{
	struct page_content c;

	c.key = mix64(mix64(mix64(seed) + page) + generation);
	c.random_words = random_words_for(bytes ? bytes : lzo_sizes[c.key >> 56]);
	for (unsigned int i = 0; i < PHRASE_WORDS; i++)
		c.phrase[i] = text_word(c.key, PAGE_WORDS + i);
	return c;
}

/* How many words of random text the @stretch begins with. */
static inline unsigned int stretch_random(const struct page_content *c, unsigned int stretch)
{
	return (c->random_words + STRETCHES - 1 - stretch) / STRETCHES;
}

/* The word @i of the page. */
static inline uint64_t page_word(const struct page_content *c, unsigned int i)
{
	unsigned int random = stretch_random(c, i / STRETCH_WORDS);

	return i % STRETCH_WORDS < random ? text_word(c->key, i) : c->phrase[i % PHRASE_WORDS];
}

#endif
