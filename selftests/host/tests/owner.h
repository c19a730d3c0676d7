/* SPDX-License-Identifier: GPL-2.0-only */
/* owner.h - a pool's owner that behaves as zswap of 6.1 (or 5.10) does */
#ifndef _OWNER_H
#define _OWNER_H

#include "tests.h"

#define OWNER_SLOTS	512

struct entry {
	unsigned long handle;
	unsigned int size;
	u32 name, seed;
	int refs;		/* lock of its slot */
};

struct owner {
	struct z3fold_pool *pool;
	unsigned int slots;
	unsigned long stored, loaded, evicted, not_found;
	struct {
		struct host_raw lock;
		struct entry *entry;
	} slot[OWNER_SLOTS];
};

void owner_init(struct owner *o, unsigned int slots, bool evicts);
void owner_exit(struct owner *o);
int owner_store(struct owner *o, u32 name, unsigned int size);
bool owner_load(struct owner *o, u32 name);
void owner_invalidate(struct owner *o, u32 name);
void owner_random(struct owner *o);
/* A step of the kernel's page migration on a random page. */
void owner_migrate_random(void);
/* What the pools that are gone counted, as a comment of the report. */
void owner_report(void);
void owner_empty(struct owner *o);

#endif
