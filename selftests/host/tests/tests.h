/* SPDX-License-Identifier: GPL-2.0-only */
/* tests.h - what the tests share */
#ifndef _TESTS_H
#define _TESTS_H

#include "host.h"
#include <time.h>

/**
 * struct options - from the command line
 * @seed:	of all chance
 * @ops:	operations of a random sequence, or runs of a schedule test
 * @threads:	that allocate and free
 * @seconds:	how long to go on
 * @file:	an input to replay
 */
struct options {
	u64 seed;
	unsigned long ops;
	unsigned int threads;
	unsigned int seconds;
	unsigned int max;
	const char *file;
	char **files;
};

int test_layout(const struct options *o);
int test_pages(const struct options *o);
int test_density(const struct options *o);
int test_random(const struct options *o);
int test_replay(const struct options *o);
int test_checker(const struct options *o);
int test_misuse(const struct options *o);
int test_schedules(const struct options *o);
int test_threads(const struct options *o);
int test_frontends(const struct options *o);
int test_switch(const struct options *o);

/* payload.c */
#define PAYLOAD_MIN	16	/* of an object that tells who it is */
void payload_write(void *p, unsigned int size, u32 name, u32 seed);
void payload_check(const void *p, unsigned int size, u32 name, u32 seed);
u32 payload_name(const void *p);
unsigned int payload_size(void);
extern unsigned int payload_most;	/* 0: as zswap has them */

/* ops.c */
#define OP_BYTES	4
void ops_run(const u8 *data, size_t size);

#endif
